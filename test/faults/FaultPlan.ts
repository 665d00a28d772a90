import type { CallName, Fault } from './Fault';

/** One call as it comes in. */
export interface Call {
	readonly name: CallName;
	/** Counted from 1 among the calls of the same name, refused ones included. */
	readonly ordinal: number;
	readonly method: string;
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
}

/** An answer of the test's own making. */
export interface OwnAnswer {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: string;
}

/** What is done to a call. Whether it is `delivered` decides if the service behind sees it, and so acts on it. */
export type Treatment =
	| { readonly fault: Exclude<Fault, 'refused'>; readonly delivered: boolean }
	| { readonly answer: OwnAnswer; readonly delivered: boolean }
	/** Delivered; the answer is another one on its way back. */
	| { readonly rewrite: (answer: OwnAnswer) => OwnAnswer }
	/** The connection breaks off once the request is read, and only then, later, the service gets it. */
	| { readonly deliveredAfter: Promise<unknown> }
	/** Delivered; the answer comes at one byte a second, from its status line on or from its body on. */
	| { readonly byteASecondFrom: 'head' | 'body' };

export interface FaultPlan {
	/** Undefined: the call passes. Asked once for each call that arrives. */
	treat(call: Call): Treatment | undefined;
	/** Whether this call's connection is refused. Here calls are counted as they begin. */
	refuses(name: CallName, ordinal: number): boolean;
}

export const noFaults: FaultPlan = { treat: () => undefined, refuses: () => false };

export interface ScheduledFault {
	readonly fault: Fault;
	readonly call: CallName;
	/** The first call that it hits, counted from 1. */
	readonly atCall: number;
	/** How many calls of that name in a row; Infinity: all that follow. */
	readonly calls: number;
	/** Whether the service sees what it hits; without meaning for faults that come before the request is read. */
	readonly delivered: boolean;
}

/** The plan that hits the n-th call of a name, once or for long. */
export function faultAt({ fault, call: target, atCall, calls, delivered }: ScheduledFault): FaultPlan {
	const hits = (name: CallName, ordinal: number) =>
		name === target && ordinal >= atCall && ordinal < atCall + calls;
	return {
		treat: ({ name, ordinal }) =>
			fault !== 'refused' && hits(name, ordinal) ? { fault, delivered } : undefined,
		refuses: (name, ordinal) => fault === 'refused' && hits(name, ordinal),
	};
}

export interface Outage {
	/** Which calls it hits; undefined for all. */
	readonly calls?: readonly CallName[];
	readonly fault: Fault;
	/** Asked at each call that it would hit; the outage begins with the first `true`. */
	readonly hasBegun: (call: CallName) => boolean;
	readonly durationMs: number;
	/** Whether the service acts on what is hit. */
	readonly delivered?: boolean;
	/** Told once, when it begins. */
	readonly onBegin?: () => void;
}

/** The plan that has calls fail for a while. What hangs then never gets an answer, also after the outage. */
export function outage({
	calls,
	fault,
	hasBegun,
	durationMs,
	delivered = false,
	onBegin,
}: Outage): FaultPlan {
	let beganAtMs: number | undefined;
	const hits = (name: CallName) => {
		if (calls !== undefined && !calls.includes(name)) return false;
		if (beganAtMs === undefined && hasBegun(name)) {
			beganAtMs = performance.now();
			onBegin?.();
		}
		return beganAtMs !== undefined && performance.now() - beganAtMs < durationMs;
	};
	return {
		treat: ({ name }) => (fault !== 'refused' && hits(name) ? { fault, delivered } : undefined),
		refuses: (name) => fault === 'refused' && hits(name),
	};
}

/** The plan that gives calls an answer of the test's own; undefined lets a call pass. */
export function answering(answerTo: (call: Call) => OwnAnswer | undefined): FaultPlan {
	return {
		treat: (call) => {
			const answer = answerTo(call);
			return answer && { answer, delivered: false };
		},
		refuses: () => false,
	};
}

/** Several plans at once; of those that would treat a call, the first one does. */
export function allOf(...plans: readonly FaultPlan[]): FaultPlan {
	return {
		treat: (call) => {
			for (const plan of plans) {
				const treatment = plan.treat(call);
				if (treatment !== undefined) return treatment;
			}
			return undefined;
		},
		refuses: (name, ordinal) => plans.some((plan) => plan.refuses(name, ordinal)),
	};
}
