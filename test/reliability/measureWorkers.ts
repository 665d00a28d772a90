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

/** F10, on a virtual clock: processes that know nothing of each other, on one account. */
export async function measureWorkers(form: Form): Promise<Measure> {
	const faults: string[] = [];
	const numbers: string[] = [];
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
