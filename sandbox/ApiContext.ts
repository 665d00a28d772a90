import type { FileStore } from './FileStore';
import type { Ledger } from './ledger';
import type { PredictionStore } from './PredictionStore';
import type { Scenario } from './scenario';

/** What the routes work on. Files and base URL are known as soon as the servers listen. */
export interface ApiContext {
	readonly scenario: Scenario;
	readonly ledger: Ledger;
	readonly predictions: PredictionStore;
	readonly files: () => FileStore;
	readonly baseUrl: () => string;
}
