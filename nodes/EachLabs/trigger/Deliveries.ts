import type { IDataObject } from 'n8n-workflow';

const DAY_MS = 24 * 60 * 60_000;
/** Deliveries that this process remembers for a trigger. */
const MAX_REMEMBERED = 20_000;
/** In the data that n8n keeps of the workflow, which it writes anew at each call. */
const MAX_STORED = 2_000;

/** What this process knows of a trigger's predictions, by id. */
interface Memory {
	/** When each was handed on, oldest first; milliseconds since 1970. */
	readonly handedOn: Map<string, number>;
	/** Those that are being looked at. */
	readonly inWork: Map<string, Promise<unknown>>;
}

const memories = new Map<string, Memory>();

/**
 * Knows which predictions a trigger has handed on within a day, so that each starts the workflow once, however often the
 * service calls.
 *
 * The memory of the process is the first to be asked; the workflow's data, which n8n saves in production, outlives a restart.
 */
export class Deliveries {
	private readonly memory: Memory;

	/**
	 * @param trigger names the trigger and whether it is being tested
	 * @param stored n8n's data of the node; an object that nobody saves where it is being tested
	 */
	constructor(
		trigger: string,
		private readonly stored: IDataObject,
		private readonly nowEpochMs: number,
	) {
		this.memory = memories.get(trigger) ?? { handedOn: new Map(), inWork: new Map() };
		memories.set(trigger, this.memory);
	}

	/** Whether the prediction was handed on within a day. */
	has(predictionId: string): boolean {
		const known = this.memory.handedOn.get(predictionId);
		const saved = this.storedTimes()[predictionId];
		if (known !== undefined && saved === undefined) this.store();
		return this.nowEpochMs - (known ?? saved ?? -Infinity) < DAY_MS;
	}

	/** What an earlier call does about the same prediction; it never rejects. */
	inWork(predictionId: string): Promise<unknown> | undefined {
		return this.memory.inWork.get(predictionId);
	}

	/** Works on a prediction, which calls that come meanwhile leave alone. */
	async work<Value>(predictionId: string, working: Promise<Value>): Promise<Value> {
		const { inWork } = this.memory;
		inWork.set(
			predictionId,
			working.catch(() => undefined),
		);
		return await working.finally(() => inWork.delete(predictionId));
	}

	/** Writes down that a prediction was handed on. */
	record(predictionId: string): void {
		const { handedOn } = this.memory;
		handedOn.delete(predictionId);
		handedOn.set(predictionId, this.nowEpochMs);
		for (const oldest of handedOn.keys()) {
			if (handedOn.size <= MAX_REMEMBERED) break;
			handedOn.delete(oldest);
		}
		this.store();
	}

	/**
	 * Calls at the same time have each a copy of n8n's data, and the last one to be saved is what stays: so each has all that
	 * the process knows.
	 */
	private store(): void {
		const known = Object.fromEntries([...this.memory.handedOn].slice(-MAX_STORED));
		const recent = Object.entries({ ...this.storedTimes(), ...known })
			.filter(([, since]) => this.nowEpochMs - since < DAY_MS)
			.sort(([, left], [, right]) => left - right);
		this.stored['delivered'] = Object.fromEntries(recent.slice(-MAX_STORED));
	}

	private storedTimes(): Record<string, number> {
		const { delivered } = this.stored;
		if (typeof delivered !== 'object' || delivered === null) return {};
		const times = Object.entries(delivered).filter(([, since]) => typeof since === 'number');
		return Object.fromEntries(times) as Record<string, number>;
	}
}
