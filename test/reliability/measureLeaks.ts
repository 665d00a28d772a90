import { getEventListeners } from 'node:events';
import type { IExecuteFunctions } from 'n8n-workflow';

import { EachLabsApi } from '../../credentials/EachLabsApi.credentials';
import { EachLabs } from '../../nodes/EachLabs/EachLabs.node.ts';
import { FaultServer } from '../faults/FaultServer';
import { numberedItems } from '../faults/playScene';
import { until } from '../faults/until';
import { givenItems } from '../support/givenItems';
import { workflowEngine } from '../support/workflowEngine';
import { measure, type Form, type Measure } from './PromiseRow';

const PICTURES = 20;
const SETTLE_MS = 5_000;

/** What keeps a process alive, or grows with every run: by Node.js's own names for it. */
const LEAKABLE: ReadonlySet<string> = new Set(['Timeout', 'TCPSocketWrap', 'TCPServerWrap', 'Immediate']);

/** L1: timers, sockets and listeners that are there after a large run and were not there before it. */
export async function measureLeaks(form: Form): Promise<Measure> {
	const itemCount = form === 'long' ? 1_000 : 60;
	const server = await FaultServer.start({
		scenario: { accountCap: null, runTimeMs: { min: 5, max: 20 } },
	});
	const warnings: string[] = [];
	const onWarning = ({ name, message }: Error) => warnings.push(`${name}: ${message}`);
	process.on('warning', onWarning);
	try {
		const pictures = await numberedItems(PICTURES);
		const items = Array.from({ length: itemCount }, (_, index) => {
			const picture = pictures[index % PICTURES];
			return { json: { number: index }, ...(picture?.binary && { binary: picture.binary }) };
		});
		// What is made once a process (credential, account, sandbox) is not a leak.
		await runWatched(items.slice(0, 2), server.baseUrl);
		await until(() => server.openConnections === 0);

		const before = resources();
		const { succeeded, listenersLeft } = await runWatched(items, server.baseUrl);
		const grown = () =>
			[...resources()].flatMap(([name, count]) => {
				const more = count - (before.get(name) ?? 0);
				return more > 0 ? [`${more} × ${name}`] : [];
			});
		await until(() => server.openConnections === 0 && grown().length === 0, SETTLE_MS).catch(() => undefined);
		const left = [
			...grown(),
			...(listenersLeft > 0 ? [`${listenersLeft} listeners on the execution's signal`] : []),
			...(server.openConnections > 0 ? [`${server.openConnections} connections`] : []),
			...warnings.filter((warning) => warning.includes('MaxListeners')),
		];
		return measure(`${left.length} (${itemCount} items)`, [
			...left.map((what) => `left after the run: ${what}`),
			...(succeeded === itemCount ? [] : [`${succeeded} of ${itemCount} items succeeded`]),
		]);
	} finally {
		process.off('warning', onWarning);
		await server.close();
	}
}

/** Runs the node, and looks at the signal with which n8n stops it. */
async function runWatched(
	items: Awaited<ReturnType<typeof numberedItems>>,
	baseUrl: string,
): Promise<{ succeeded: number; listenersLeft: number }> {
	const eachLabs = new EachLabs();
	const { execute } = eachLabs;
	let listenersLeft = 0;
	eachLabs.execute = async function (this: IExecuteFunctions) {
		const signal = this.getExecutionCancelSignal();
		const countListeners = () => (signal === undefined ? 0 : getEventListeners(signal, 'abort').length);
		const before = countListeners();
		const outputs = await execute.call(this);
		listenersLeft = countListeners() - before;
		return outputs;
	};
	const { items: outputs } = await workflowEngine({
		nodeTypes: { 'engine.givenItems': givenItems(items), 'n8n-nodes-eachlabs.eachLabs': eachLabs },
		credentialTypes: { eachLabsApi: new EachLabsApi() },
	}).runWorkflow({
		workflow: {
			nodes: [
				node('Start', 'engine.givenItems', {}),
				node('Each Labs', 'n8n-nodes-eachlabs.eachLabs', {
					resource: 'image',
					operation: 'analyze',
					text: 'What is it?',
					options: { maxConcurrency: 50, pollInterval: 0.5 },
				}),
			],
			connections: { Start: { main: [[{ node: 'Each Labs', type: 'main', index: 0 }]] } },
		},
		startNodeName: 'Start',
		credentials: { eachLabsApi: { apiKey: 'test-key', baseUrl } },
	});
	const succeeded = outputs.filter(({ json }) => typeof json['text'] === 'string').length;
	return { succeeded, listenersLeft };
}

function node(name: string, type: string, parameters: Record<string, unknown>) {
	return {
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: parameters as never,
		...(type.endsWith('eachLabs') && { credentials: { eachLabsApi: { id: '1', name: 'Each Labs' } } }),
	};
}

function resources(): Map<string, number> {
	const counts = new Map<string, number>();
	for (const name of process.getActiveResourcesInfo()) {
		if (LEAKABLE.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	return counts;
}
