import { runLap } from '../bench/race/race';
import { simulateWorkers } from '../support/simulateRun';
import { seededRandom } from '../support/VirtualClock';
import { measure, type Form, type Measure } from './PromiseRow';

const WORKERS = 5;
const MAX_REFUSALS_PER_ACCEPTED = 0.5;
const MAX_TIME_AGAINST_IDEAL = 1.25;
const ACCOUNTS = [
	{ cap: 10, items: 40 },
	{ cap: 2, items: 16 },
];
/** Of the processes; about a minute and a half each. */
const MEDIAN_MS = 5_000;

interface Figures {
	readonly lost: number;
	readonly refusals: number;
	readonly time: number;
}

/**
 * F10: processes that know nothing of each other, on one account. On a virtual clock; in the long form also as processes, each
 * with n8n's engine, which all begin together.
 */
export async function measureWorkers(form: Form): Promise<Measure> {
	const faults: string[] = [];
	const numbers: string[] = [];
	const note = (what: string, { lost, refusals, time }: Figures) => {
		numbers.push(`${what}: ${lost}; ${refusals.toFixed(2)}; ${time.toFixed(2)}`);
		if (lost > 0) faults.push(`${what}: ${lost} items were lost`);
		if (refusals > MAX_REFUSALS_PER_ACCEPTED)
			faults.push(`${what}: ${refusals.toFixed(2)} refused creates for each accepted one`);
		if (time > MAX_TIME_AGAINST_IDEAL)
			faults.push(`${what}: ${time.toFixed(2)} times as long as the account would allow`);
	};
	const seeds = form === 'long' ? [1, 2, 3, 4, 5] : [1];
	for (const { cap, items } of ACCOUNTS) {
		const worst = { lost: 0, refusals: 0, time: 0 };
		for (const seed of seeds) {
			const random = seededRandom(seed + 1_000);
			const runTimesMs = Array.from({ length: WORKERS * items }, () => 5_000 + 10_000 * random());
			const runs = await simulateWorkers(WORKERS, {
				items,
				seed,
				service: {
					latencyMs: 50,
					accountCap: () => cap,
					refusalDetails: () => `limited to ${cap} concurrent executions`,
					runTimeMs: (ordinal) => runTimesMs[ordinal] ?? 10_000,
				},
			});
			const idealMs = runTimesMs.reduce((total, ms) => total + ms, 0) / cap;
			const outcomes = runs.flatMap((run) => run.outcomes);
			const refused = runs[0]?.service.refusedCreates ?? 0;
			worst.lost = Math.max(worst.lost, outcomes.filter(({ prediction }) => prediction === undefined).length);
			worst.refusals = Math.max(worst.refusals, refused / outcomes.length);
			worst.time = Math.max(worst.time, Math.max(...runs.map((run) => run.makespanMs)) / idealMs);
		}
		note(`cap ${cap}`, worst);
	}
	for (const { cap, items } of form === 'long' ? ACCOUNTS : []) {
		const total = WORKERS * items;
		const work = { id: `cap ${cap}`, items: total / 2, medianMs: MEDIAN_MS, cap, workers: WORKERS };
		// A lap counts only when every item has its result and each prediction was made once.
		const { refusedCreates, overIdeal } = await runLap('node', work);
		note(`processes, cap ${cap}`, { lost: 0, refusals: refusedCreates / work.items, time: overIdeal });
	}
	return measure(`${numbers.join(' · ')} (${seeds.length} seeds each)`, faults);
}
