import pLimit from 'p-limit';

import { playScene } from '../faults/playScene';
import {
	answerCells,
	connectionCells,
	deletionCells,
	describeScene,
	sceneOfEach,
	scenesOf,
	type Cell,
	type Scene,
} from '../faults/Scene';
import { violationsOf, type Violation } from '../faults/violationsOf';
import { measure, type Form, type Measure } from './PromiseRow';

const AT_ONCE = 12;

interface Played {
	readonly scene: Scene;
	readonly violations: readonly Violation[];
	readonly predictions: number;
	readonly items: number;
}

const played = new Map<Form, Promise<readonly Played[]>>();

/** All scenes of the matrix, or one a cell, played once a process whoever asks. */
async function matrix(form: Form): Promise<readonly Played[]> {
	const known = played.get(form);
	if (known !== undefined) return await known;
	const playing = playAll(form);
	played.set(form, playing);
	return await playing;
}

async function playAll(form: Form): Promise<readonly Played[]> {
	const cells = [...connectionCells, ...answerCells];
	const scenes = form === 'long' ? [...cells, ...deletionCells].flatMap(scenesOf) : sceneOfEach(cells);
	const limit = pLimit(AT_ONCE);
	return await Promise.all(
		scenes.map(
			async (scene) =>
				await limit(async () => {
					const result = await playScene(scene);
					return {
						scene,
						violations: violationsOf(result),
						predictions: result.service.predictions.length,
						items: result.itemCount,
					};
				}),
		),
	);
}

/** F1 and F2: how many cells keep everything, in each of their scenes. */
export async function measureCells(kind: 'connection' | 'answer', form: Form): Promise<Measure> {
	const cells = kind === 'connection' ? connectionCells : answerCells;
	const all = await matrix(form);
	const scenesOfCell = ({ fault, call }: Cell) =>
		all.filter(({ scene }) => scene.fault === fault && scene.call === call);
	const broken = cells.filter((cell) => scenesOfCell(cell).some(({ violations }) => violations.length > 0));
	const scenes = cells.flatMap(scenesOfCell);
	return measure(
		`${cells.length - broken.length} of ${cells.length} (${scenes.length} runs)`,
		scenes.flatMap((scene) => sentences(scene)),
	);
}

/** R1, R2, R4, R5 and S2, over all runs of the matrix. */
export async function measureInMatrix(promise: Violation['promise'], form: Form): Promise<Measure> {
	const all = await matrix(form);
	const broken = all.flatMap((one) => sentences(one, promise));
	const items = sum(all.map((one) => one.items));
	const predictions = sum(all.map((one) => one.predictions));
	return measure(`${broken.length} (${all.length} runs, ${items} items, ${predictions} predictions)`, broken);
}

function sentences({ scene, violations }: Played, promise?: Violation['promise']): string[] {
	return violations
		.filter((violation) => promise === undefined || violation.promise === promise)
		.map((violation) => `${violation.promise}, ${describeScene(scene)}: ${violation.what}`);
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
