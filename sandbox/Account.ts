import { ApiError } from './ApiError';
import { costOf, type CatalogueModel } from './catalogue';
import { isMetered } from './ModelCost';
import type { Scenario } from './scenario';

/**
 * What the account lets through: its balance, its places, and a gate that falls shut when too much was asked for and opens
 * again after a silence.
 */
export class Account {
	/** When a create was refused last, while the gate is shut. */
	private refusedAtMs: number | null = null;

	constructor(private readonly scenario: Scenario) {}

	/**
	 * Lets a create pass, or refuses it before anything has been created.
	 *
	 * @param inFlight predictions that hold a place now
	 * @throws ApiError 429 without a free place or before the gate has opened, 402 without balance
	 */
	admit(model: CatalogueModel, inFlight: number): void {
		this.checkPlaces(model, inFlight);
		this.checkBalance(inFlight);
	}

	private checkPlaces(model: CatalogueModel, inFlight: number): void {
		const { accountCap, meteredCap, gateSilenceMs, costs } = this.scenario;
		const cap = isMetered(costOf(model, costs)) ? (meteredCap ?? accountCap) : accountCap;
		const now = Date.now();
		const isShut = this.refusedAtMs !== null && now - this.refusedAtMs < gateSilenceMs;
		if (isShut || (cap !== null && inFlight >= cap)) {
			this.refusedAtMs = now;
			throw this.tooMany(cap ?? 0, inFlight);
		}
		this.refusedAtMs = null;
	}

	private checkBalance(inFlight: number): void {
		const { balanceUsd, reservedUsd } = this.scenario;
		if (balanceUsd > 0 && (inFlight + 1) * reservedUsd <= balanceUsd) return;
		if (this.scenario.api === 'november') {
			throw new ApiError(
				402,
				'payment required',
				`What your executions in flight are estimated to cost, with this one, exceeds your balance ($${balanceUsd.toFixed(2)}). Wait for one of them to finish, or top up.`,
			);
		}
		throw new ApiError(402, `The balance of ${balanceUsd.toFixed(2)} USD is too low. Nothing was created.`, {
			balance_usd: balanceUsd,
			in_flight: inFlight,
		});
	}

	private tooMany(cap: number, inFlight: number): ApiError {
		if (this.scenario.api === 'november') {
			return new ApiError(
				429,
				'too many requests',
				`Account rate limited: with a balance of $10.00 or less, accounts are limited to ${cap} concurrent executions. Keep more than $10.00, or wait for an active execution to finish.`,
			);
		}
		return new ApiError(
			429,
			`The account has ${inFlight} predictions in flight and may have ${cap}. Nothing was created.`,
			{ concurrency_cap: cap, in_flight: inFlight },
		);
	}
}
