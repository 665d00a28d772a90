/**
 * `node supervise.cjs PROGRAM ARGS…`, with an IPC channel to whoever starts it: runs the program, and ends it with all of its
 * group when the channel closes. So nothing outlives a test run or a terminal that is killed, and so could not stop it.
 *
 * It leads the group, and leaves signals to the program: those that are sent to the group reach both.
 */
const { spawn } = require('node:child_process');

const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => undefined);
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
child.once('error', (error) => {
	console.error(error.message);
	process.exit(127);
});
child.once('exit', (code) => process.exit(code ?? 1));
