const { default: Sequencer } = require('@jest/test-sequencer');

/** The suites that take longest. Jest knows of them once they have run, so that in a fresh clone they would come last, one after another. */
const LONGEST = [
	'reliability/promises.test.ts',
	'faults/matrix.test.ts',
	'nodes/EachLabs/apis.test.ts',
	'nodes/EachLabs/seenMedia.test.ts',
	'nodes/EachLabs/hangingStore.test.ts',
	'nodes/EachLabs/combineItems.test.ts',
	'nodes/EachLabs/groups.test.ts',
	'nodes/EachLabs/tries.test.ts',
	'nodes/EachLabs/core/prediction/PredictionRun.simulation.test.ts',
];

module.exports = class LongestFirst extends Sequencer {
	sort(tests) {
		const rank = ({ path }) => {
			const found = LONGEST.findIndex((name) => path.replaceAll('\\', '/').endsWith(`/test/${name}`));
			return found < 0 ? LONGEST.length : found;
		};
		return [...super.sort(tests)].sort((left, right) => rank(left) - rank(right));
	}
};
