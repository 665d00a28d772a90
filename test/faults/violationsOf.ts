import { inspect } from 'node:util';
import type { INodeExecutionData } from 'n8n-workflow';

import type { LedgerPrediction } from '../../sandbox/ledger';
import type { FaultLedgerRequest } from './FaultLedger';
import { PICTURE_HEIGHT, widthOfPicture } from './numberedPicture';
import { numberInPrompt, type SceneResult } from './playScene';

/** A promise of the node that a run has broken: its id, and what happened. */
export interface Violation {
	readonly promise: 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'C1' | 'L1' | 'S1' | 'S2' | 'scene';
	readonly what: string;
}

const TERMINAL: ReadonlySet<string> = new Set(['success', 'failed', 'error', 'cancelled']);
const CLAIMS_SUCCESS: ReadonlySet<string> = new Set(['html', 'wrongContentType', 'empty', 'truncatedJson']);
/** Deadline, then looking for a create of unknown outcome (10 s), then cancelling (10 s). */
const MAX_DURATION_MS = 30_000;

/** Holds what the node gave against what really happened, by the ledgers of the network and of the service. */
export function violationsOf(result: SceneResult): Violation[] {
	return [
		...sceneViolations(result),
		...survivalViolations(result),
		...itemViolations(result),
		...billViolations(result),
		...namingViolations(result),
		...leftovers(result),
		...leaks(result),
	];
}

/** A scene in which the fault was never met proves nothing. */
function sceneViolations({ scene, faults, durationMs }: SceneResult): Violation[] {
	const met = faults.requests.some(
		(request) => request.treatment === scene.fault && request.name === scene.call,
	);
	return [
		...(met ? [] : [{ promise: 'scene' as const, what: `no ${scene.call} met the fault ${scene.fault}` }]),
		...(durationMs <= MAX_DURATION_MS
			? []
			: [{ promise: 'scene' as const, what: `the run took ${Math.round(durationMs)} ms` }]),
	];
}

/** A fault that passes costs no item, where the call can be made again without the risk of paying twice. */
function survivalViolations({ scene, run, itemCount }: SceneResult): Violation[] {
	const { calls, ending, call, fault, delivered } = scene;
	const isMissed = ending !== 'itself' || calls > 1 || fault === 'hang';
	// What made nothing looks like what made something; and a store that says 200 is believed.
	const isUnclear =
		!delivered && (call === 'create' ? fault !== 'refused' : call === 'put' && CLAIMS_SUCCESS.has(fault));
	if (isMissed || isUnclear) return [];
	const good = run.items.filter(({ json }) => typeof json['text'] === 'string').length;
	return good === itemCount
		? []
		: [{ promise: 'R1', what: `one fault that passed left ${good} good items of ${itemCount}` }];
}

/** R1 and R5: each input item has exactly one output or error item, and that one is about it. */
function itemViolations({ scene, run, itemCount, service }: SceneResult): Violation[] {
	// A run that was stopped, or ended by a bad item, gives no items at all, but an error that names what was paid.
	if (run.error !== undefined && (scene.ending === 'stop' || scene.onError === 'stopWorkflow')) return [];
	const violations: Violation[] = [];
	const counts = new Map<number, number>();
	for (const item of run.items) {
		const index = pairedIndex(item);
		counts.set(index, (counts.get(index) ?? 0) + 1);
		const about = aboutNumber(item, service.predictions);
		if (about !== undefined && about !== index)
			violations.push({ promise: 'R5', what: `an item about input ${about} is paired with input ${index}` });
		const { text } = item.json;
		const size = `${widthOfPicture(index)}×${PICTURE_HEIGHT}`;
		if (typeof text === 'string' && !text.includes(size))
			violations.push({ promise: 'R5', what: `the text of item ${index} is not about its picture: ${text}` });
	}
	for (let index = 0; index < itemCount; index++) {
		const count = counts.get(index) ?? 0;
		if (count !== 1) violations.push({ promise: 'R1', what: `input ${index} has ${count} items` });
	}
	return violations;
}

/** R2: by default a picture's prediction is created once at most, and sent again only after what surely made nothing. */
function billViolations({ scene, service, faults, itemCount }: SceneResult): Violation[] {
	const violations: Violation[] = [];
	const allowed = scene.resubmit === true ? 2 : 1;
	for (let number = 0; number < itemCount; number++) {
		const created = service.predictions.filter(({ input }) => numberInPrompt(input['prompt']) === number);
		if (created.length > allowed)
			violations.push({
				promise: allowed === 1 ? 'R2' : 'R3',
				what: `item ${number} has ${created.length} predictions`,
			});
		const sent = faults.requests.filter(
			(request) => request.name === 'create' && numberInPrompt(request.body) === number,
		);
		const mayHaveCreated = sent.filter((request) => !surelyMadeNothing(request));
		if (mayHaveCreated.length > allowed)
			violations.push({ promise: 'R2', what: `item ${number} was sent again after an unclear outcome` });
	}
	return violations;
}

/** R4: what was created and not cancelled is named to the user. */
function namingViolations({ run, service }: SceneResult): Violation[] {
	const shown = everythingShown(run);
	return service.predictions
		.filter(({ status, id }) => status !== 'cancelled' && !shown.includes(id))
		.map(({ id, status, input }) => ({
			promise: 'R4' as const,
			what: `prediction ${id} of item ${numberInPrompt(input['prompt'])} (${status}) is named nowhere`,
		}));
}

/** Nothing runs on, and no file stays, unless the fault kept the very request that would have seen to it from arriving. */
function leftovers({ scene, service }: SceneResult): Violation[] {
	const isKeptFrom = (call: 'cancel' | 'delete') =>
		scene.call === call && scene.calls > 1 && !(scene.delivered && scene.fault !== 'refused');
	const running = service.predictions.filter(({ status }) => !TERMINAL.has(status));
	const files = service.files.filter(({ uploads, deleted }) => uploads > 0 && !deleted);
	// Who answers a delete with success in the service's place is believed: the retention ends soon all the same.
	const isBelieved = scene.call === 'delete' && !scene.delivered && CLAIMS_SUCCESS.has(scene.fault);
	return [
		...(running.length > 0 && !isKeptFrom('cancel')
			? [{ promise: 'C1' as const, what: `${running.length} predictions were left running` }]
			: []),
		...(files.length > 0 && !isKeptFrom('delete') && !isBelieved
			? [{ promise: 'L1' as const, what: `${files.length} uploaded files were not deleted` }]
			: []),
	];
}

function leaks({ run, apiKey, faults, service, openConnections }: SceneResult): Violation[] {
	const violations: Violation[] = [];
	if (openConnections > 0)
		violations.push({ promise: 'L1', what: `${openConnections} connections stayed open` });
	if (everythingShown(run).includes(apiKey))
		violations.push({ promise: 'S1', what: 'the key shows in what the run gave' });
	const elsewhere = [
		...faults.requests.filter(({ origin }) => origin !== 'api'),
		...service.requests.filter(({ origin }) => origin === 'storage'),
	];
	if (elsewhere.some(({ headers }) => 'authorization' in headers || 'x-api-key' in headers))
		violations.push({ promise: 'S2', what: 'the key went to another origin than the API' });
	if (faults.requests.some(({ origin }) => origin === 'elsewhere'))
		violations.push({ promise: 'S2', what: 'a redirect was followed' });
	return violations;
}

function surelyMadeNothing({ treatment, status = 0 }: FaultLedgerRequest): boolean {
	return treatment === 'refused' || (treatment !== 'resetBeforeRead' && status >= 400 && status < 500);
}

function pairedIndex({ pairedItem }: INodeExecutionData): number {
	const [first] = [pairedItem].flat();
	return typeof first === 'object' ? first.item : (first ?? NaN);
}

/** Which input the prediction that an item names was made for. */
function aboutNumber(item: INodeExecutionData, predictions: readonly LedgerPrediction[]): number | undefined {
	const { predictionId, details } = item.json;
	const id = predictionId ?? (details as { predictionId?: unknown } | undefined)?.predictionId;
	const prediction = predictions.find((candidate) => candidate.id === id);
	return prediction && numberInPrompt(prediction.input['prompt']);
}

/** All that a user can see of a run, with every hidden property of its errors. */
function everythingShown({ items, error, hints, run }: SceneResult['run']): string {
	return inspect(
		{ items, error, hints, data: run.data.resultData },
		{ depth: Infinity, maxArrayLength: null, maxStringLength: null, showHidden: true },
	);
}
