import { promises } from './promises';
import type { Measure } from './PromiseRow';

/**
 * The promises in their short form; `npm run reliability` has the long one. Those that the matrix measures are held by
 * `test/faults/matrix.test.ts`, scene by scene.
 */
const TIMEOUT_MS = 120_000;

/** They look at the whole process or at its clock, so nothing else runs beside them. */
const ALONE: ReadonlySet<string> = new Set(['L1', 'F3', 'F4', 'F6', 'F7', 'F9', 'F10', 'C1']);

/** X1 and H2 take longer to start their processes than all the others to be measured; `hangingStore.test.ts` plays H1's scenes. */
const LONG_ONLY: ReadonlySet<string> = new Set(['X1', 'H1', 'H2']);

const rows = promises.filter(({ id, inMatrix }) => inMatrix !== true && !LONG_ONLY.has(id));

test.each(rows.filter(({ id }) => ALONE.has(id)).map((row) => [row.id, row.promise, row] as const))(
	'%s: %s',
	async (_id, _promise, row) => {
		expect((await row.measure('short')).faults).toEqual([]);
	},
	TIMEOUT_MS,
);

describe('at the same time', () => {
	const together = rows.filter(({ id }) => !ALONE.has(id));
	let measures: Array<Promise<Measure>> = [];

	beforeAll(() => {
		measures = together.map(async ({ measure }) => await measure('short'));
		// One that throws fails its own test, not the ones before it.
		for (const measure of measures) measure.catch(() => undefined);
	});

	test.each(together.map(({ id, promise }, index) => [id, promise, index] as const))(
		'%s: %s',
		async (_id, _promise, index) => {
			expect((await measures[index])?.faults).toEqual([]);
		},
		TIMEOUT_MS,
	);
});
