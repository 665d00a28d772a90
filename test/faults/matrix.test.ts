import pLimit from 'p-limit';

import { playScene } from './playScene';
import { answerCells, connectionCells, describeScene, sceneOfEach } from './Scene';
import { violationsOf, type Violation } from './violationsOf';

/**
 * F1 and F2 in short: every fault on every kind of call, one scene a cell, through n8n's engine; the oracles are the ledgers
 * of the network and of the service. `npm run reliability` plays all scenes of each cell.
 */
const AT_ONCE = 8;
const TIMEOUT_MS = 120_000;

const scenes = sceneOfEach([...connectionCells, ...answerCells]);
const limit = pLimit(AT_ONCE);
/** They all begin at once, since most of their time is waiting; each test then looks at its own. */
let outcomes: Array<Promise<Violation[]>> = [];

beforeAll(() => {
	outcomes = scenes.map(async (scene) => await limit(async () => violationsOf(await playScene(scene))));
	// A scene that throws fails its own test, not the ones before it.
	for (const outcome of outcomes) outcome.catch(() => undefined);
});

test('there are 35 cells of the connection and 45 of the answer', () => {
	expect([connectionCells.length, answerCells.length]).toEqual([35, 45]);
	expect(scenes).toHaveLength(80);
});

test.each(scenes.map((scene, index) => [describeScene(scene), index] as const))(
	'%s',
	async (_name, index) => {
		expect(await outcomes[index]).toEqual([]);
	},
	TIMEOUT_MS,
);
