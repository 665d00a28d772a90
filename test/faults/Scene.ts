import { answerFaults, connectionFaults, mayBeDelivered, type CallTarget, type Fault } from './Fault';
import type { ScheduledFault } from './FaultPlan';

/** One fault on one kind of call. */
export interface Cell {
	readonly fault: Fault;
	readonly call: CallTarget;
}

/** A cell with everything that it leaves open decided: one run of the node. */
export interface Scene extends Cell, ScheduledFault {
	readonly call: CallTarget;
	/** How the run ends: by its predictions' end, by the items' deadline, or by the user's Stop button. */
	readonly ending: 'itself' | 'deadline' | 'stop';
	readonly onError: 'continueRegularOutput' | 'continueErrorOutput' | 'stopWorkflow';
	readonly resubmit?: boolean;
}

export const matrixCalls = ['presign', 'put', 'create', 'poll', 'cancel'] as const;

/** F1: 35 cells. */
export const connectionCells: readonly Cell[] = cellsOf(connectionFaults, matrixCalls);
/** F2: 45 cells. */
export const answerCells: readonly Cell[] = cellsOf(answerFaults, matrixCalls);
/** Beyond the matrix: what happens while the run tidies up. */
export const deletionCells: readonly Cell[] = cellsOf([...connectionFaults, ...answerFaults], ['delete']);

/** Which call is hit, for how many calls it lasts, and whether the service sees it where that does not matter to the bill. */
const SPANS = [
	{ atCall: 1, calls: 1, delivered: true },
	{ atCall: 3, calls: Infinity, delivered: false },
	{ atCall: 2, calls: 1, delivered: false },
	{ atCall: 1, calls: Infinity, delivered: true },
	{ atCall: 4, calls: 1, delivered: false },
] as const;

/** Mostly Continue On Fail, since only then every item has an end of its own. */
const ON_ERROR = [
	'continueRegularOutput',
	'continueErrorOutput',
	'continueRegularOutput',
	'stopWorkflow',
] as const;

/** All scenes of a cell: every span, for creates both delivered and not, for cancels both by deadline and by a stop. */
export function scenesOf(cell: Cell): Scene[] {
	const deliveries = mayBeDelivered(cell.fault) ? [true, false] : [false];
	const endings = cell.call === 'cancel' ? (['deadline', 'stop'] as const) : (['itself'] as const);
	const scenes: Scene[] = [];
	for (const span of SPANS) {
		for (const ending of endings) {
			const chosen = cell.call === 'create' ? deliveries : [span.delivered && mayBeDelivered(cell.fault)];
			for (const delivered of chosen) {
				const onError = ON_ERROR[scenes.length % ON_ERROR.length] ?? 'continueRegularOutput';
				scenes.push({ ...cell, ...span, ending, delivered, onError });
			}
		}
	}
	return scenes;
}

/** One scene for each cell, so chosen that together they show every span, both deliveries and both endings. */
export function sceneOfEach(cells: readonly Cell[]): Scene[] {
	return cells.flatMap((cell, index) => {
		const scenes = scenesOf(cell);
		const scene = scenes[(index * 3) % scenes.length];
		return scene === undefined ? [] : [scene];
	});
}

/** E.g. "midBody on poll 3 and all after it, not delivered". */
export function describeScene(scene: Scene): string {
	const { fault, call, atCall, calls, delivered, ending, onError } = scene;
	const span = calls === 1 ? `${call} ${atCall}` : `${call} ${atCall} and all after it`;
	return [
		`${fault} on ${span}`,
		...(mayBeDelivered(fault) ? [delivered ? 'delivered' : 'not delivered'] : []),
		...(ending === 'itself' ? [] : [`ended by ${ending === 'stop' ? 'a stop' : 'the deadline'}`]),
		...(onError === 'continueErrorOutput' ? ['error output'] : []),
		...(onError === 'stopWorkflow' ? ['no Continue On Fail'] : []),
	].join(', ');
}

function cellsOf(faults: readonly Fault[], calls: readonly CallTarget[]): Cell[] {
	return calls.flatMap((call) => faults.map((fault) => ({ fault, call })));
}
