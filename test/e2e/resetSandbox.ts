import { createScenario, type Scenario } from '../../sandbox/scenario';
import type { Sandbox } from '../../sandbox/startSandbox';

/** Forgets what a test before has left in the ledger, and plays another scenario from now on. */
export function resetSandbox({ ledger, scenario }: Sandbox, next: Partial<Scenario>): void {
	ledger.predictions.length = 0;
	ledger.files.length = 0;
	Object.assign(scenario, createScenario(next));
}
