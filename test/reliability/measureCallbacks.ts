import { setTimeout as pause } from 'node:timers/promises';

import { startSandbox } from '../../sandbox/startSandbox';
import type { WebhookPlan } from '../../sandbox/webhooks';
import { SandboxClient } from '../sandbox/SandboxClient';
import { TriggerHost } from '../support/TriggerHost';
import { measure, type Form, type Measure } from './PromiseRow';

const SECRET = 'a-long-random-text';
const ENDS_WITHIN_MS = 20_000;

/** How calls come, and whether one of them is to start the workflow. */
const PLANS: ReadonlyArray<readonly [isTrue: boolean, plan: (ordinal: number) => Partial<WebhookPlan>]> = [
	[true, () => ({})],
	[true, () => ({ copies: 3 })],
	[true, () => ({ redeliveries: 2 })],
	[true, (ordinal) => ({ delayMs: 1_000 - ((ordinal * 37) % 1_000) })],
	[true, () => ({ form: 'older', copies: 2 })],
	[false, () => ({ signature: 'forged' })],
	[false, () => ({ signature: 'stale' })],
	[false, () => ({ signature: 'none' })],
	[false, () => ({ copies: 0 })],
	[true, () => ({ form: 'workflow', delayMs: 500 })],
];

/**
 * F7: the service calls the trigger about predictions, rightly and in every wrong way, in any order. Those whose calls are all
 * forged, stale, unsigned or lost start nothing; `Prediction → Get` knows of them.
 */
export async function measureCallbacks(form: Form): Promise<Measure> {
	const count = form === 'long' ? 1_000 : 100;
	const sandbox = await startSandbox({
		scenario: {
			accountCap: null,
			runTimeMs: { min: 10, max: 800 },
			webhook: (ordinal) => ({ retryAfterMs: 500, ...PLANS[ordinal % PLANS.length]?.[1](ordinal) }),
		},
	});
	const host = await TriggerHost.start({
		credential: { apiKey: 'test-key', baseUrl: sandbox.baseUrl, webhookSecret: SECRET },
		workflowId: `callbacks-${form}`,
	});
	try {
		const client = new SandboxClient(sandbox);
		const ids: string[] = [];
		for (let ordinal = 0; ordinal < count; ordinal++) {
			const { body } = await client.send('POST', '/v1/prediction', {
				model: 'sandbox-picture-maker',
				input: { prompt: `Picture ${ordinal}` },
				webhook_url: host.url,
				webhook_secret: SECRET,
			});
			ids.push(String(body['predictionID'] as string));
		}
		const expected = ids.filter((_, ordinal) => PLANS[ordinal % PLANS.length]?.[0]);
		const started = (): string[] => host.executions.map(([item]) => item?.json['predictionId'] as string);
		const endMs = Date.now() + ENDS_WITHIN_MS;
		while (Date.now() < endMs && !expected.every((id) => started().includes(id))) await pause(50);
		// What is sent again, or comes late, has its time.
		await pause(2_500);
		const runs = started();
		const lost = expected.filter((id) => !runs.includes(id));
		const twice = runs.filter((id, position) => runs.indexOf(id) !== position);
		const forged = runs.filter((id) => !expected.includes(id));
		const most = twice.length > 0 ? 2 : Math.min(1, runs.length);
		return measure(`${most}; ${lost.length}; ${forged.length} (${count} predictions)`, [
			...lost.map((id) => `${id} has started nothing`),
			...twice.map((id) => `${id} has started more than one execution`),
			...forged.map((id) => `${id} has started an execution by a call that was not right`),
			...host.failures.map((failure) => `the trigger failed: ${String(failure)}`),
		]);
	} finally {
		await host.close();
		await sandbox.close();
	}
}
