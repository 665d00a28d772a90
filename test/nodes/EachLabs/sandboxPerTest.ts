import type { Scenario } from '../../../sandbox/scenario';
import { startSandbox, type Sandbox } from '../../../sandbox/startSandbox';

/**
 * A sandbox of its own for every test of the block that it is called in. Predictions take 20 to 60 ms unless the scenario says
 * otherwise.
 */
export function sandboxPerTest(scenario: Partial<Scenario> = {}): Omit<Sandbox, 'close'> {
	let started: Sandbox | undefined;
	const current = (): Sandbox => {
		if (started === undefined) throw new Error('The sandbox runs inside of tests only');
		return started;
	};
	beforeEach(async () => {
		started = await startSandbox({ scenario: { runTimeMs: { min: 20, max: 60 }, ...scenario } });
	});
	afterEach(async () => {
		await started?.close();
		started = undefined;
	});
	return {
		get baseUrl() {
			return current().baseUrl;
		},
		get storageUrl() {
			return current().storageUrl;
		},
		get ledger() {
			return current().ledger;
		},
		get scenario() {
			return current().scenario;
		},
	};
}
