import { parseArgs } from 'node:util';

import { moderationRule } from './answer/json/composeModeration';
import { startSandbox } from './startSandbox';

const usualPort = 8787;

/** `npm run sandbox`: the stand-in on loopback until Ctrl-C, for one's own n8n to point at. */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', short: 'p', default: process.env.PORT ?? String(usualPort) },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(
			`npm run sandbox [-- --port ${usualPort}]\n\nThe environment variable PORT sets the port as well; 0 takes a free one.`,
		);
		return;
	}
	const port = Number(values.port);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error(`'${values.port}' is not a port. Use a number from 0 to 65535.`);
	}

	const sandbox = await startSandbox({ port });
	console.log(
		[
			'',
			'Each Labs sandbox: a stand-in for the API. No model is behind it, and its answers say so.',
			'',
			`  API       ${sandbox.baseUrl}`,
			`  Storage   ${sandbox.storageUrl}`,
			'  Key       any text that is not empty',
			'',
			"In n8n: create a credential 'Each Labs API', enter any API Key, and set its Base URL to",
			`  ${sandbox.baseUrl}`,
			'An n8n in a container reaches this machine under another name; the sandbox listens on loopback only.',
			'',
			'Data that a workflow asks for (fields, categories, verdicts) is made from the bytes. It moderates by a rule, so that',
			'both ways of a workflow can be tried:',
			...moderationRule.map((sentence) => `  - ${sentence}`),
			'',
			'Ctrl-C stops it, and removes what was uploaded.',
		].join('\n'),
	);

	const stop = (): void => {
		process.off('SIGINT', stop);
		process.off('SIGTERM', stop);
		void sandbox.close();
	};
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
}

main().catch((error: unknown) => {
	const message = error instanceof Error ? error.message : String(error);
	console.error(
		message.includes('EADDRINUSE')
			? 'That port is taken. Choose another one, e.g. npm run sandbox -- --port 8788.'
			: `The sandbox could not start: ${message}`,
	);
	process.exitCode = 1;
});
