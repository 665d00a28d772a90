import { simulateRun } from '../support/simulateRun';
import { measure, type Form, type Measure } from './PromiseRow';

const ITEMS = 20;
const MAX_REFUSALS = 6;
const GATES_MS = [60_000, 120_000];

/** F9, on a virtual clock: an account whose gate, once it has refused, stays shut until nobody has knocked for a while. */
export async function measureShutGate(form: Form): Promise<Measure> {
	let lost = 0;
	let most = 0;
	const faults: string[] = [];
	for (const seed of form === 'long' ? [1, 2, 3, 4, 5] : [1]) {
		for (const gateShutMs of GATES_MS) {
			for (const isNamed of [true, false]) {
				for (const isListed of [true, false]) {
					const { outcomes, service } = await simulateRun({
						items: ITEMS,
						seed,
						service: {
							accountCap: () => 2,
							gateShutMs,
							refusalDetails: (cap) =>
								isNamed ? `limited to ${cap} concurrent executions` : 'too many requests',
							runTimeMs: (ordinal) => 6_000 + ((ordinal * 617) % 7_000),
							fault: (endpoint) =>
								endpoint === 'list' && !isListed
									? { acts: false, gives: { status: 503, headers: {}, text: '' } }
									: undefined,
						},
					});
					const without = outcomes.filter(({ prediction }) => prediction === undefined).length;
					lost += without;
					most = Math.max(most, service.refusedCreates);
					const scene = `gate of ${gateShutMs / 1_000} s, cap ${isNamed ? 'named' : 'not named'}, list ${isListed ? 'answers' : 'fails'}, seed ${seed}`;
					if (without > 0) faults.push(`${scene}: ${without} items were lost`);
					if (service.refusedCreates > MAX_REFUSALS)
						faults.push(`${scene}: ${service.refusedCreates} creates were refused`);
				}
			}
		}
	}
	return measure(`${lost}; ${most}`, faults);
}
