import type { INodeParameters } from 'n8n-workflow';

import { DEFAULT_MODEL } from '../../nodes/EachLabs/core/model/defaultModel';
import type { CallName } from '../faults/Fault';
import type { Call, FaultPlan, OwnAnswer, Treatment } from '../faults/FaultPlan';
import { FaultServer } from '../faults/FaultServer';
import { PICTURE_HEIGHT, widthOfPicture } from '../faults/numberedPicture';
import { numberedItems, numberInPrompt, QUESTION } from '../faults/playScene';
import { until } from '../faults/until';
import { runNode, type NodeRun } from '../support/runNode';
import { measure, type Measure } from './PromiseRow';

const ITEMS = 4;
const TERMINAL: ReadonlySet<string> = new Set(['success', 'failed', 'error', 'cancelled']);

type Json = Record<string, unknown>;

interface MixUp {
	readonly name: string;
	readonly planOf: (server: FaultServer) => FaultPlan | Promise<FaultPlan>;
	readonly parameters?: INodeParameters;
	/** What each item that has no answer says; undefined where all have one. */
	readonly told?: RegExp;
	/** Items without an answer, at most. */
	readonly withoutAnswer?: number;
}

/** Answers that belong to another question, in every place where the node could believe them. */
const MIX_UPS: readonly MixUp[] = [
	{
		name: "a create answers with the id of this run's first prediction",
		planOf: (server) =>
			changing('create', 3, (body) => ({ ...body, predictionID: server.sandbox.ledger.predictions[0]?.id })),
	},
	{
		name: 'a create answers with the id of an earlier run',
		planOf: async (server) => {
			await play(server, {});
			const [earlier] = server.sandbox.ledger.predictions;
			return changing('create', ITEMS + 2, (body) => ({ ...body, predictionID: earlier?.id }));
		},
	},
	{
		name: "a create answers with the id of somebody else's prediction",
		planOf: async (server) => {
			const strangersId = await createAsStranger(server);
			return changing('create', 2, (body) => ({ ...body, predictionID: strangersId }));
		},
	},
	{
		name: "a create answers with the id of somebody else's prediction with the same words",
		planOf: async (server) => {
			const strangersId = await createAsStranger(server, 'What is in picture number 1?');
			return changing('create', 2, (body) => ({ ...body, predictionID: strangersId }));
		},
	},
	{
		name: "a create makes nothing, and answers with the id of somebody else's prediction",
		planOf: async (server) => {
			const body = JSON.stringify({ status: 'success', predictionID: await createAsStranger(server) });
			return {
				treat: ({ name, ordinal }) =>
					name === 'create' && ordinal === 2
						? { answer: { status: 200, body }, delivered: false }
						: undefined,
				refuses: () => false,
			};
		},
		told: /outcome unknown.*another prediction/is,
		withoutAnswer: 1,
	},
	{
		name: "polls of one prediction answer about the run's first one",
		planOf: (server) => {
			const answers: OwnAnswer[] = [];
			return {
				treat: ({ name, ordinal }) => {
					if (name !== 'poll') return undefined;
					return {
						rewrite: (answer) => {
							if (ordinal <= ITEMS) answers.push(answer);
							const first = answers.find(({ body }) =>
								body.includes(server.sandbox.ledger.predictions[0]?.id ?? '?'),
							);
							return ordinal % 2 === 0 && first !== undefined ? first : answer;
						},
					};
				},
				refuses: () => false,
			};
		},
	},
	...(['id', 'public_url', 'presigned_url'] as const).map(
		(field): MixUp => ({
			name: `a presign answers with the ${field} of another file`,
			planOf: () => {
				let earlier: unknown;
				return {
					treat: ({ name, ordinal }) =>
						name === 'presign' && (ordinal === 1 || ordinal === 3)
							? changed((body) => {
									earlier ??= body[field];
									return { ...body, [field]: earlier };
								})
							: undefined,
					refuses: () => false,
				};
			},
			told: /gave this file the place of another one.*nothing was charged/is,
			withoutAnswer: 1,
		}),
	),
	{
		name: 'a presign answers with an upload address of another host',
		planOf: () =>
			changing('presign', 3, (body) => ({
				...body,
				presigned_url: String(body['presigned_url']).replace('127.0.0.1', 'localhost'),
			})),
		told: /another upload host \(localhost.*nothing was charged/is,
		withoutAnswer: 1,
	},
	{
		name: "the description of the model is another model's",
		planOf: () => always('model', (body) => ({ ...body, slug: 'sandbox-video-words' })),
		parameters: { modelId: { __rl: true, mode: 'id', value: 'sandbox-picture-question' } },
		told: /another model|sandbox-video-words/i,
		withoutAnswer: ITEMS,
	},
	{
		name: "the description of the default model is another model's",
		planOf: () => always('model', (body) => ({ ...body, slug: 'sandbox-video-words' })),
		told: /another model|sandbox-video-words/i,
		withoutAnswer: ITEMS,
	},
	{
		name: 'an upload breaks off, and its bytes arrive after the file was deleted',
		// Within three seconds.
		parameters: { options: { maxWait: 60, pollInterval: 0.5 } },
		planOf: (server) => ({
			treat: ({ name, ordinal }) =>
				name === 'put' && ordinal === 2 ? { deliveredAfter: allDeleted(server) } : undefined,
			refuses: () => false,
		}),
	},
];

interface Outcome {
	readonly wrong: number;
	/** Predictions of models that were not asked for. */
	readonly strangers: number;
	readonly faults: readonly string[];
}

/** A1: answers to another question, changed on their way from the service. */
export async function measureMixedUps(): Promise<Measure> {
	const outcomes = await Promise.all(MIX_UPS.map(playMixUp));
	const sum = (count: (outcome: Outcome) => number) =>
		outcomes.reduce((total, outcome) => total + count(outcome), 0);
	return measure(
		`${sum(({ wrong }) => wrong)}; ${sum(({ strangers }) => strangers)} (${MIX_UPS.length} mix-ups, ${ITEMS} items each)`,
		outcomes.flatMap(({ faults }) => faults),
	);
}

async function playMixUp({
	name,
	planOf,
	parameters = {},
	told,
	withoutAnswer = 0,
}: MixUp): Promise<Outcome> {
	const server = await FaultServer.start({ scenario: { runTimeMs: { min: 300, max: 600 } } });
	try {
		server.plan = await planOf(server);
		const before = server.sandbox.ledger.predictions.length;
		const run = await play(server, parameters);
		const { files } = server.sandbox.ledger;
		const predictions = server.sandbox.ledger.predictions.slice(before);
		const said = run.items.map(({ json }) => (json['error'] === undefined ? '' : JSON.stringify(json)));
		const texts = run.items.map(({ json }) => json['text']);
		const wrong = texts.filter(
			(text, index) =>
				typeof text === 'string' && !text.includes(`${widthOfPicture(index)}×${PICTURE_HEIGHT}`),
		);
		const asked = (parameters['modelId'] as Json | undefined)?.['value'] ?? DEFAULT_MODEL;
		const strangers = predictions.filter(({ model }) => model !== asked);
		const bought = predictions.map(({ input }) => numberInPrompt(input['prompt']));
		const twice = bought.filter((number, index) => bought.indexOf(number) !== index);
		const faults = [
			...wrong.map((text) => `an item has another one's answer: ${JSON.stringify(text)}`),
			...strangers.map(({ model }) => `a prediction of ${model} was bought`),
			...twice.map((number) => `item ${number} was bought twice`),
			...(run.items.length === ITEMS ? [] : [`${run.items.length} items: ${run.error?.message ?? ''}`]),
			...(said.filter((text) => text !== '').length > withoutAnswer
				? [`too few answers: ${said.join('\n')}`]
				: []),
			...said
				.filter((text) => text !== '' && told?.test(text) === false)
				.map((text) => `an item says: ${text}`),
			...(server.ledger.requests.some(({ treatment }) => treatment !== 'passed')
				? []
				: ['nothing was mixed up']),
			...(predictions.every(({ status }) => TERMINAL.has(status)) ? [] : ['a prediction was left running']),
			...(files.some(({ uploads, deleted }) => uploads > 0 && !deleted) ? ['a file was left'] : []),
		];
		return {
			wrong: wrong.length,
			strangers: strangers.length,
			faults: faults.map((fault) => `${name}: ${fault}`),
		};
	} finally {
		await server.close();
	}
}

async function play({ baseUrl }: FaultServer, parameters: INodeParameters): Promise<NodeRun> {
	return await runNode({
		items: await numberedItems(ITEMS),
		baseUrl,
		onError: 'continueRegularOutput',
		parameters: {
			resource: 'image',
			operation: 'analyze',
			text: QUESTION,
			options: { maxWait: 60, pollInterval: 0.5, maxConcurrency: 1 },
			...parameters,
		},
	});
}

/** Changes the answer to one call of a name, counted from 1. */
function changing(name: CallName, at: number, change: (body: Json) => Json): FaultPlan {
	return where((call) => call.name === name && call.ordinal === at, change);
}

function always(name: CallName, change: (body: Json) => Json): FaultPlan {
	return where((call) => call.name === name, change);
}

function where(isMeant: (call: Call) => boolean, change: (body: Json) => Json): FaultPlan {
	return { treat: (call) => (isMeant(call) ? changed(change) : undefined), refuses: () => false };
}

function changed(change: (body: Json) => Json): Treatment {
	return {
		rewrite: (answer) => ({ ...answer, body: JSON.stringify(change(JSON.parse(answer.body) as Json)) }),
	};
}

/** A prediction of the same account that no run of the node has made. */
async function createAsStranger({ sandbox }: FaultServer, prompt = 'Something else'): Promise<string> {
	const answer = await fetch(`${sandbox.baseUrl}/v1/prediction`, {
		method: 'POST',
		headers: { Authorization: 'Bearer test-key', 'Content-Type': 'application/json' },
		body: JSON.stringify({ model: DEFAULT_MODEL, input: { prompt, image_urls: [] } }),
	});
	return ((await answer.json()) as { predictionID: string }).predictionID;
}

/** Resolves when the node has deleted every file that it has. */
async function allDeleted({ sandbox }: FaultServer): Promise<void> {
	await until(
		() => sandbox.ledger.files.length === ITEMS && sandbox.ledger.files.every(({ deleted }) => deleted),
		60_000,
	);
}
