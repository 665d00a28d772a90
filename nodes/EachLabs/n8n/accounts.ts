import { AccountLimiter } from '../core/account/AccountLimiter';
import { DEFAULT_MODEL, DEFAULT_MODEL_RUN_TIME_MS } from '../core/model/defaultModel';
import { PollSchedule } from '../core/account/PollSchedule';
import { sha256 } from '../core/sha256';
import type { ApiAccess } from './apiAccess';
import { hostClock } from './hostClock';

const MAX_CLAIMED = 20_000;

/** What all executions in this process share about one Each Labs account. */
export interface AccountState {
	readonly limiter: AccountLimiter;
	/** Ids of predictions that belong to an item already, oldest first; bounded. */
	readonly claimed: Set<string>;
	scheduleOf(model: string): PollSchedule;
}

const accounts = new Map<string, AccountState>();

/** The state of the credential's account. The key itself is not kept. */
export function accountState({ apiKey, baseUrl }: ApiAccess): AccountState {
	const id = sha256(`${baseUrl}\n${apiKey}`);
	const known = accounts.get(id);
	if (known) return known;
	const state: AccountState = {
		limiter: new AccountLimiter(hostClock),
		claimed: new BoundedSet(MAX_CLAIMED),
		scheduleOf: perModel(
			(model) => new PollSchedule(model === DEFAULT_MODEL ? DEFAULT_MODEL_RUN_TIME_MS : undefined),
		),
	};
	accounts.set(id, state);
	return state;
}

function perModel<Value>(create: (model: string) => Value): (model: string) => Value {
	const values = new Map<string, Value>();
	return (model) => {
		const value = values.get(model) ?? create(model);
		values.set(model, value);
		return value;
	};
}

/** Forgets its oldest entry when it would grow over its size. */
class BoundedSet extends Set<string> {
	constructor(private readonly maxSize: number) {
		super();
	}

	override add(value: string): this {
		super.add(value);
		const [oldest] = this;
		if (this.size > this.maxSize && oldest !== undefined) this.delete(oldest);
		return this;
	}
}
