import { simulateRun, type SimulatedRun, type SimulatedRunOptions } from '../support/simulateRun';
import type { SimulatedPrediction } from '../support/SimulatedEachLabs';
import { measure, type Form, type Measure } from './PromiseRow';

interface Scene {
	readonly name: string;
	readonly limitUsd: number;
	/** Of the nth prediction, as it is charged. */
	readonly costUsd: (ordinal: number) => number;
	readonly spellCost?: (costUsd: number, ordinal: number) => { metrics?: unknown; listed?: unknown };
	readonly pricingOf?: SimulatedRunOptions['pricingOf'];
	/** What is bought at least, where something other than the limit ends it. */
	readonly most?: number;
	/** Predictions that are bought before the limit is reached, at least. */
	readonly least?: number;
}

const cent = () => 0.01;

const SCENES: readonly Scene[] = [
	{
		name: 'costs as text',
		limitUsd: 0.035,
		costUsd: cent,
		spellCost: (costUsd) => ({ metrics: ` ${costUsd.toFixed(4)}`, listed: null }),
		least: 3,
	},
	{
		name: 'costs in the list of executions only',
		limitUsd: 0.055,
		costUsd: cent,
		spellCost: (costUsd) => ({ metrics: null, listed: String(costUsd) }),
		least: 5,
	},
	{
		name: 'costs that are told nowhere',
		limitUsd: 1,
		costUsd: cent,
		spellCost: () => ({ metrics: 'free?', listed: null }),
		least: 1,
		most: 1,
	},
	{
		name: 'a cost that is told nowhere, after some that were',
		limitUsd: 0.055,
		costUsd: cent,
		spellCost: (costUsd, ordinal) => (ordinal === 2 ? {} : { metrics: costUsd }),
		least: 5,
	},
	{
		name: 'a negative cost among others',
		limitUsd: 0.055,
		costUsd: (ordinal) => (ordinal === 1 ? 0 : 0.01),
		spellCost: (costUsd, ordinal) => ({ metrics: ordinal === 1 ? -5 : costUsd }),
		least: 6,
	},
	{
		name: 'costs that rise a hundredfold',
		limitUsd: 0.05,
		costUsd: (ordinal) => (ordinal < 12 ? 0.0001 : 0.01),
		least: 12,
	},
	{
		name: 'single items first, groups of twenty then',
		limitUsd: 0.1,
		costUsd: (ordinal) => (ordinal < 10 ? 0.001 : 0.02),
		pricingOf: (itemIndex) => (itemIndex < 10 ? { fileCount: 1 } : { fileCount: 20, isShared: true }),
		least: 14,
	},
	{
		name: 'more and more files in a request',
		limitUsd: 0.5,
		costUsd: (ordinal) => 0.001 * (ordinal + 1),
		pricingOf: (itemIndex) => ({ fileCount: itemIndex + 1 }),
		least: 20,
	},
	{
		name: 'a price by the catalogue that is too low',
		limitUsd: 0.05,
		costUsd: cent,
		pricingOf: () => ({ catalogueUsd: 0.001 }),
		least: 5,
	},
];

/** M1, on a virtual clock: what is spent under a limit when prices are odd. */
export async function measureMaxCost(form: Form): Promise<Measure> {
	let mostOverUsd = 0;
	let mostUnpriced = 0;
	const faults: string[] = [];
	for (const seed of form === 'long' ? [1, 2, 3, 4, 5] : [1]) {
		for (const scene of SCENES) {
			const { limitUsd, costUsd, spellCost, pricingOf, least = 1, most = Infinity } = scene;
			const run = await simulateRun({
				items: 60,
				seed,
				maxCostUsd: limitUsd,
				pricingOf,
				service: { costUsd, spellCost, runTimeMs: (ordinal) => 5_000 + ((ordinal * 617) % 4_000) },
			});
			const { predictions } = run.service;
			const where = `${scene.name}, seed ${seed}`;
			const spentUsd = sumOf(predictions.map((prediction) => run.service.costOf(prediction)));
			const overUsd = Math.max(0, spentUsd - limitUsd);
			mostOverUsd = Math.max(mostOverUsd, overUsd);
			if (overUsd > allowedUsd(run) + 1e-9) faults.push(`${where}: ${overUsd.toFixed(4)} USD over the limit`);
			const unpriced = pricingOf?.(0).catalogueUsd === undefined ? atOnceWithout(run) : 0;
			mostUnpriced = Math.max(mostUnpriced, unpriced);
			if (unpriced > 1) faults.push(`${where}: ${unpriced} in flight while no price was known`);
			if (predictions.length < least || predictions.length > most)
				faults.push(`${where}: ${predictions.length} predictions were bought`);
			const refused = run.outcomes.filter(({ error }) => error?.kind === 'costLimit');
			if (predictions.length + refused.length !== run.outcomes.length)
				faults.push(`${where}: items ended for another reason`);
		}
	}
	return measure(`${mostOverUsd.toFixed(4)} USD; ${mostUnpriced}`, faults);
}

/** What those cost that were in flight when the first dearer one than all before it, for each file, was seen to have ended. */
function allowedUsd(run: SimulatedRun): number {
	const { predictions } = run.service;
	const costs = predictions.map((prediction) => run.service.costOf(prediction));
	const [dear] = predictions
		.filter((_, index) => (costs[index] ?? 0) > 2 * (costs[0] ?? 0))
		.sort((one, other) => seenEndingAtMs(run, one) - seenEndingAtMs(run, other));
	const [first] = predictions;
	const seen = dear ?? first;
	if (seen === undefined) return 0;
	const seenAtMs = seenEndingAtMs(run, seen);
	const inFlight = predictions.filter(
		({ createdAtMs, settlesAtMs }) => createdAtMs <= seenAtMs && settlesAtMs >= seen.settlesAtMs,
	);
	// With steady prices nothing is dearer than what was expected.
	const isSteady = dear === undefined && new Set(costs).size === 1 && predictions.length > 1;
	return isSteady && !isBelowPrice(run)
		? 0
		: sumOf(inFlight.map((prediction) => run.service.costOf(prediction)));
}

/** Whether the first ones were bought by a price that was too low. */
function isBelowPrice({ service }: SimulatedRun): boolean {
	const [first, second] = service.predictions;
	return first !== undefined && second !== undefined && second.createdAtMs < first.settlesAtMs;
}

/** The most that were in flight before the end of the first one had been seen. */
function atOnceWithout(run: SimulatedRun): number {
	const [first] = run.service.predictions;
	if (first === undefined) return 0;
	const untilMs = seenEndingAtMs(run, first);
	return run.service.predictions.filter(({ createdAtMs }) => createdAtMs < untilMs).length;
}

function seenEndingAtMs({ service }: SimulatedRun, { id, settlesAtMs }: SimulatedPrediction): number {
	const poll = service
		.sent('poll')
		.find(
			({ request, answeredAtMs = 0 }) => request.url.endsWith(`/${id}`) && answeredAtMs >= settlesAtMs + 25,
		);
	return poll?.answeredAtMs ?? Infinity;
}

function sumOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0);
}
