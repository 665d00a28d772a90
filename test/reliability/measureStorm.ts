import { simulateRun } from '../support/simulateRun';
import { measure, type Form, type Measure } from './PromiseRow';
import { seededRandom } from '../support/VirtualClock';

const ITEMS = 1_000;
const CAPS = [10, 2];
const MAX_REFUSALS_PER_ACCEPTED = 0.35;
const MAX_TIME_AGAINST_IDEAL = 1.1;

/** F3, on a virtual clock: far more items than the account lets in, run times from 5 to 15 s, nothing known of them before. */
export async function measureStorm(form: Form): Promise<Measure> {
	const seeds = form === 'long' ? [1, 2, 3, 4, 5] : [1];
	const faults: string[] = [];
	const numbers: string[] = [];
	for (const cap of form === 'long' ? CAPS : CAPS.slice(0, 1)) {
		let worst = { lost: 0, refusals: 0, time: 0 };
		for (const seed of seeds) {
			const storm = await playStorm(cap, seed);
			worst = {
				lost: Math.max(worst.lost, storm.lost),
				refusals: Math.max(worst.refusals, storm.refusals),
				time: Math.max(worst.time, storm.time),
			};
		}
		const { lost, refusals, time } = worst;
		numbers.push(`cap ${cap}: ${lost}; ${refusals.toFixed(2)}; ${time.toFixed(2)}`);
		if (lost > 0) faults.push(`cap ${cap}: ${lost} items were lost`);
		if (refusals > MAX_REFUSALS_PER_ACCEPTED)
			faults.push(`cap ${cap}: ${refusals.toFixed(2)} refused creates for each accepted one`);
		if (time > MAX_TIME_AGAINST_IDEAL)
			faults.push(`cap ${cap}: ${time.toFixed(2)} times as long as the account would allow`);
	}
	return measure(`${numbers.join(' · ')} (${seeds.length} seeds each)`, faults);
}

async function playStorm(
	cap: number,
	seed: number,
): Promise<{ lost: number; refusals: number; time: number }> {
	const random = seededRandom(seed + 1_000);
	const runTimesMs = Array.from({ length: ITEMS }, () => 5_000 + 10_000 * random());
	const { outcomes, service, makespanMs } = await simulateRun({
		items: ITEMS,
		seed,
		maxConcurrency: 20,
		service: { accountCap: () => cap, runTimeMs: (ordinal) => runTimesMs[ordinal] ?? 10_000 },
	});
	const idealMs = runTimesMs.reduce((total, ms) => total + ms, 0) / cap;
	return {
		lost: outcomes.filter(({ prediction }) => prediction === undefined).length,
		refusals: service.refusedCreates / service.predictions.length,
		time: makespanMs / idealMs,
	};
}
