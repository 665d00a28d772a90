import type { Work } from './Work';

const ONE_SECOND = { medianMs: 1_000, cap: 10 } as const;
const TEN_SECONDS = { medianMs: 10_000, cap: 10 } as const;

/** What an ordinary bench runs, some minutes. */
export const SHORT_WORKS = [
	{ id: '1 picture of 1 s', items: 1, ...ONE_SECOND },
	{ id: '20 pictures of 1 s', items: 20, ...ONE_SECOND },
	{ id: '60 pictures of 1 s, cap 2', items: 60, medianMs: 1_000, cap: 2 },
	{ id: '60 pictures of 1 s, cap 10', items: 60, ...ONE_SECOND },
	{ id: '60 pictures of 1 s, no cap', items: 60, medianMs: 1_000, cap: null },
	{ id: '60 pictures of 1 s, 40 ms of way more', items: 60, ...ONE_SECOND, latencyMs: 40 },
	{ id: '60 pictures of 10 s, cap 10', items: 60, ...TEN_SECONDS },
	{ id: '60 pictures of 10 s, questions held for 25 s', items: 60, ...TEN_SECONDS, holdPollsMs: 25_000 },
	{ id: '20 pictures of 2 MB and 1 s', items: 20, ...ONE_SECOND, byteLength: 2_000_000 },
	{ id: '20 pictures of 7 MB and 1 s', items: 20, ...ONE_SECOND, byteLength: 7_000_000 },
	{ id: 'a video of 100 MB and 10 s', items: 1, ...TEN_SECONDS, media: 'video', byteLength: 100_000_000 },
	{ id: '100 pictures of 10 s, five workers', items: 100, ...TEN_SECONDS, workers: 5 },
] as const satisfies readonly Work[];

/** What the long bench runs besides: half an hour. */
export const LONG_WORKS = [
	{ id: '200 pictures of 1 s, cap 10', items: 200, ...ONE_SECOND },
	{ id: '200 pictures of 10 s, cap 10', items: 200, ...TEN_SECONDS },
	{ id: '1,000 pictures of 1 s, cap 2', items: 1_000, medianMs: 1_000, cap: 2 },
	{ id: '1,000 pictures of 1 s, cap 10', items: 1_000, ...ONE_SECOND },
] as const satisfies readonly Work[];

/** What the flows that know nothing are given: they take minutes for it, whatever the account allows. */
export const SLOW_WORK: Work = { id: '20 pictures of 1 s, one after another', items: 20, ...ONE_SECOND };
