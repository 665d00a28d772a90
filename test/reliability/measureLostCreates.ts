import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { mayBeDelivered, type Fault } from '../faults/Fault';
import type { FaultPlan } from '../faults/FaultPlan';
import { FaultServer } from '../faults/FaultServer';
import { numberedPicture } from '../faults/numberedPicture';
import { until } from '../faults/until';
import { runNode, type NodeRun } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const ITEMS = 4;
const QUESTION = 'What is in the picture?';
const PICTURE_URL = 'https://pictures.test/one.png';
const TERMINAL: ReadonlySet<string> = new Set(['success', 'failed', 'error', 'cancelled']);

interface LostScene {
	readonly name: string;
	readonly fault: Exclude<Fault, 'refused'>;
	/** Whether the create with this ordinal, from 1, is lost. */
	readonly isLost: (ordinal: number) => boolean;
	readonly parameters: INodeParameters;
	readonly items: () => Promise<INodeExecutionData[]>;
	/** What somebody else with the same words sends when the node sends its first creates. */
	readonly othersInput?: Record<string, unknown>;
	/** How often. */
	readonly others?: number;
	readonly isStopped?: boolean;
	/** How many items get their result all the same; undefined where it does not matter. */
	readonly goodItems?: number;
}

const picture = {
	resource: 'image',
	operation: 'analyze',
	text: QUESTION,
	options: { pollInterval: 0.5, maxWait: 90 },
};
const byUrl = { ...picture, inputType: 'url', imageUrls: PICTURE_URL };
const textOnly = {
	resource: 'prediction',
	operation: 'create',
	modelId: { __rl: true, mode: 'id', value: 'gemini-2-0-flash-lite' },
	input: JSON.stringify({ prompt: QUESTION, image_urls: [PICTURE_URL] }),
};
const withoutFiles = async () =>
	await Promise.resolve(Array.from({ length: ITEMS }, (): INodeExecutionData => ({ json: {} })));
const pictures = async (numberOf: (index: number) => number) =>
	await Promise.all(
		Array.from({ length: ITEMS }, async (_, index) => ({
			json: {},
			binary: { data: await numberedPicture(numberOf(index)) },
		})),
	);
const different = async () => await pictures((index) => index);
const equal = async () => await pictures(() => 0);
const sameWords = { prompt: QUESTION, image_urls: [PICTURE_URL] };

const SCENES: readonly LostScene[] = [
	{
		name: 'files of their own, all lost',
		fault: 'resetAfterBody',
		isLost: () => true,
		parameters: picture,
		items: different,
		othersInput: sameWords,
		goodItems: ITEMS,
	},
	{
		name: 'the same file, all lost',
		fault: 'status503',
		isLost: () => true,
		parameters: picture,
		items: equal,
		othersInput: sameWords,
		goodItems: ITEMS,
	},
	{
		name: 'the same file, some lost',
		fault: 'resetAfterBody',
		isLost: (ordinal) => ordinal % 2 === 0,
		parameters: picture,
		items: equal,
		goodItems: ITEMS,
	},
	{
		name: 'by URL, all lost, beside others with the same words',
		fault: 'resetAfterBody',
		isLost: () => true,
		parameters: byUrl,
		items: withoutFiles,
		othersInput: sameWords,
		goodItems: 0,
	},
	{
		name: 'by URL, none made, beside one other with the same words',
		others: 1,
		fault: 'resetBeforeRead',
		isLost: () => true,
		parameters: byUrl,
		items: withoutFiles,
		othersInput: sameWords,
		goodItems: 0,
	},
	{
		name: 'by URL, none made, and stopped',
		others: 1,
		fault: 'resetBeforeRead',
		isLost: () => true,
		parameters: byUrl,
		items: withoutFiles,
		othersInput: sameWords,
		isStopped: true,
	},
	{
		name: 'created without a file, lost',
		fault: 'midBody',
		isLost: () => true,
		parameters: textOnly,
		items: withoutFiles,
		othersInput: sameWords,
		goodItems: 0,
	},
	{
		name: 'files of their own, lost and stopped',
		fault: 'resetAfterBody',
		isLost: () => true,
		parameters: picture,
		items: different,
		othersInput: sameWords,
		isStopped: true,
	},
];

/** A2: creates without an answer, beside the predictions of somebody else on the account. */
export async function measureLostCreates(form: Form): Promise<Measure> {
	const scenes = form === 'long' ? SCENES : SCENES.filter((_scene, index) => index % 2 === 1);
	const outcomes = await Promise.all(scenes.map(async (scene) => await playScene(scene)));
	const sum = (count: (outcome: Outcome) => number) =>
		outcomes.reduce((total, outcome) => total + count(outcome), 0);
	return measure(
		`${sum(({ taken }) => taken)}; ${sum(({ unnamed }) => unnamed)} (${scenes.length} runs, ${sum(({ others }) => others)} predictions of others)`,
		outcomes.flatMap(({ faults }) => faults),
	);
}

interface Outcome {
	/** Predictions of others that an item had, or that were cancelled. */
	readonly taken: number;
	/** Predictions of the run that no output, error or list of candidates names. */
	readonly unnamed: number;
	readonly others: number;
	readonly faults: readonly string[];
}

async function playScene(scene: LostScene): Promise<Outcome> {
	const {
		name,
		fault,
		isLost,
		parameters,
		othersInput,
		isStopped = false,
		goodItems,
		others = ITEMS,
	} = scene;
	const stop = new AbortController();
	const server = await FaultServer.start({
		scenario: {
			accountCap: null,
			runTimeMs: isStopped ? { min: 600_000, max: 600_000 } : { min: 15_000, max: 16_000 },
		},
	});
	const othersIds = new Set<string>();
	const delivered = mayBeDelivered(fault);
	server.plan = {
		treat: (call) => {
			if (call.name !== 'create') return undefined;
			if (othersInput && call.ordinal <= others)
				void createForOthers(server, othersInput).then((id) => othersIds.add(id));
			return isLost(call.ordinal) ? { fault, delivered } : undefined;
		},
		refuses: () => false,
	} satisfies FaultPlan;
	try {
		const running = runNode({
			items: await scene.items(),
			baseUrl: server.baseUrl,
			onError: 'continueRegularOutput',
			signal: stop.signal,
			parameters,
		});
		if (isStopped) {
			await until(
				() => server.ledger.requests.filter((request) => request.name === 'create').length === ITEMS,
				60_000,
			);
			stop.abort();
		}
		const run = await running;
		const { predictions } = server.sandbox.ledger;
		const taken = predictions.filter(
			({ id, status, cancelRequests }) =>
				othersIds.has(id) && (status === 'cancelled' || cancelRequests > 0 || resultIds(run).includes(id)),
		).length;
		const shown = JSON.stringify([run.items, run.error?.message, run.error?.description]);
		const own = predictions.filter(({ id }) => !othersIds.has(id));
		const unnamed = own.filter(({ id, status }) => status !== 'cancelled' && !shown.includes(id)).length;
		const leftRunning = own.filter(({ status }) => !TERMINAL.has(status)).length;
		const good = run.items.filter(({ json }) => !('error' in json)).length;
		const bought = resultIds(run);
		return {
			taken,
			unnamed,
			others: othersIds.size,
			faults: [
				...(taken > 0 ? [`${name}: ${taken} predictions of others were taken or cancelled`] : []),
				...(unnamed > 0 ? [`${name}: ${unnamed} of ${own.length} own predictions are named nowhere`] : []),
				...(isStopped && parameters === picture && leftRunning > 0
					? [`${name}: ${leftRunning} own predictions were left running`]
					: []),
				...(new Set(bought).size === bought.length ? [] : [`${name}: one prediction stands for two items`]),
				...(goodItems === undefined || good === goodItems
					? []
					: [`${name}: ${good} items have a result, not ${goodItems}`]),
				...(othersInput && othersIds.size === 0 ? [`${name}: nobody else was there`] : []),
			],
		};
	} finally {
		await server.close();
	}
}

/** Of the items that have a result. */
function resultIds({ items }: NodeRun): unknown[] {
	return items.flatMap(({ json }) =>
		'error' in json || json['predictionId'] === undefined ? [] : [json['predictionId']],
	);
}

async function createForOthers(server: FaultServer, input: Record<string, unknown>): Promise<string> {
	const answer = await fetch(`${server.sandbox.baseUrl}/v1/prediction`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json', Authorization: 'Bearer key-of-somebody-else' },
		body: JSON.stringify({ model: 'gemini-2-0-flash-lite', input }),
	});
	const { predictionID } = (await answer.json()) as { predictionID: string };
	return predictionID;
}
