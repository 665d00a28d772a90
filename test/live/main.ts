import { liveCheckCommand } from './liveCheckCommand';

/** `npm run check:live`: Ctrl-C ends it early, and what it has made is removed first. */
async function main(): Promise<void> {
	const stop = new AbortController();
	process.once('SIGINT', () => {
		console.error('Stopping: what is running is cancelled, and what was uploaded is deleted.');
		stop.abort();
	});
	process.exitCode = await liveCheckCommand({
		arguments: process.argv.slice(2),
		environment: process.env,
		print: (line) => console.log(line),
		printAside: (line) => console.error(line),
		terminalWidth: process.stdout.columns || 160,
		stop: stop.signal,
	});
}

main().catch((error: unknown) => {
	// Only the name: a message could quote what was sent.
	console.error(`The check ended unexpectedly (${error instanceof Error ? error.name : typeof error}).`);
	process.exitCode = 2;
});
