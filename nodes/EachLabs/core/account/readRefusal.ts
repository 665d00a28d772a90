/** What the service says when it refuses a create for want of room. */
export interface Refusal {
	/** 429 or 402. */
	readonly httpStatus: number;
	/** The service's own words. */
	readonly details: string;
	/** Milliseconds for which the service wants no other create; `ApiRequests` reads the header. */
	readonly retryAfterMs?: number;
}

export type RefusalMeaning =
	/** The account has as many predictions in flight as it may; `cap` where the words name that number. */
	| { readonly kind: 'full'; readonly cap?: number }
	/** The balance is reserved by predictions in flight, until they settle. */
	| { readonly kind: 'reserved' }
	/** Too many creates in too short a time: it says nothing about places. */
	| { readonly kind: 'burst' };

const MAX_CAP = 10_000;
const WORDS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
/** A whole number that is neither money, nor a part of another number, nor a rate. */
const COUNT = String.raw`(?<![$€£.,\d])(\d{1,5})(?![.,]?\d|\s*(?:%|USD|dollars?|cents?|milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|hours?)\b|.{0,40}\bper (?:second|minute|hour|day)\b)`;
const CAPS = [
	// "2 of 2 in flight", "10/10 executions"
	new RegExp(String.raw`\b\d{1,5}\s*(?:/|\bof\b|\bout of\b)\s*${COUNT}`, 'i'),
	// "limited to 10 concurrent executions", "your account's cap is 2", "maxConcurrent: 2", "at most 2 at once"
	new RegExp(
		String.raw`(?:\blimit|\bcap\b|\bcapped\b|\bmax|\bat most\b|\bup to\b|\bonly\b|\ballow|\bno more than\b)[^$€£\d]{0,40}?${COUNT}`,
		'i',
	),
	// "10 concurrent executions is what this account may have"
	new RegExp(
		String.raw`${COUNT}\s+(?:\w+\s+)?(?:concurrent|parallel|simultaneous|at once|at a time|in flight|executions?|predictions?|runs?|jobs?)\b`,
		'i',
	),
];

export function readRefusal({ httpStatus, details }: Refusal): RefusalMeaning {
	if (httpStatus === 402) return { kind: 'reserved' };
	if (/\bstarted\s+at\s+once\b/i.test(details)) return { kind: 'burst' };
	const text = details
		.slice(0, 2_000)
		.replace(new RegExp(String.raw`\b(?:${WORDS.join('|')})\b`, 'gi'), (word) =>
			String(WORDS.indexOf(word.toLowerCase()) + 1),
		);
	for (const pattern of CAPS) {
		const cap = Number(pattern.exec(text)?.[1]);
		if (cap >= 1 && cap <= MAX_CAP) return { kind: 'full', cap };
	}
	return { kind: 'full' };
}
