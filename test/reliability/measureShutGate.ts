import { startSandbox } from '../../sandbox/startSandbox';
import { numberedItems, numberInPrompt, QUESTION } from '../faults/playScene';
import { hurryHostClock } from '../support/hurryHostClock';
import { runNode } from '../support/runNode';
import { simulateRun } from '../support/simulateRun';
import { measure, type Form, type Measure } from './PromiseRow';

const ITEMS = 20;
const MAX_REFUSALS = 6;
const HURRIED_MAX_WAIT_S = 3_600;
const GATES_MS = [60_000, 120_000];

/** How many times faster the node's clock runs in n8n's engine; 1 is the real one. */
const ENGINE_FACTORS: Readonly<Record<Form, readonly number[]>> = { short: [40], long: [40, 1] };

/**
 * F9, on a virtual clock and in n8n's engine: an account whose gate, once it has refused, stays shut until nobody has knocked for
 * a while.
 */
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
	for (const factor of ENGINE_FACTORS[form]) {
		const { answered, refused } = await runInEngine(factor);
		const scene = `in n8n's engine, gate of 60 s${factor === 1 ? '' : `, ${factor} times faster`}`;
		lost += ITEMS - answered;
		most = Math.max(most, refused);
		if (answered < ITEMS) faults.push(`${scene}: ${ITEMS - answered} items were lost`);
		if (refused === 0) faults.push(`${scene}: the gate never shut, so that nothing is shown`);
		if (refused > MAX_REFUSALS) faults.push(`${scene}: ${refused} creates were refused`);
	}
	return measure(`${lost}; ${most}`, faults);
}

/** @returns how many items got the result of their own prediction, and how many creates were refused */
async function runInEngine(factor: number): Promise<{ answered: number; refused: number }> {
	const sandbox = await startSandbox({
		scenario: {
			accountCap: 2,
			gateSilenceMs: 60_000 / factor,
			runTimeMs: { min: 6_000 / factor, max: 13_000 / factor },
		},
	});
	const putBack = hurryHostClock(factor);
	try {
		const { items } = await runNode({
			items: await numberedItems(ITEMS),
			baseUrl: sandbox.baseUrl,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: QUESTION,
				// On a hurried clock, what this machine itself takes counts as often.
				options: factor === 1 ? {} : { maxWait: HURRIED_MAX_WAIT_S },
			},
		});
		const { predictions, refusedCreates } = sandbox.ledger;
		const answered = items.filter(({ json }, number) => {
			const own = predictions.find(({ id }) => id === json['predictionId']);
			return json['error'] === undefined && numberInPrompt(own?.input['prompt']) === number;
		});
		return { answered: answered.length, refused: refusedCreates.length };
	} finally {
		putBack();
		await sandbox.close();
	}
}
