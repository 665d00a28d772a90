import { createHash } from 'node:crypto';

import type { FaultServer } from '../faults/FaultServer';
import { drawPicture, PICTURE_HEIGHT, widthOfPicture } from '../faults/numberedPicture';
import { numberInPrompt } from '../faults/playScene';
import type { ChaosOutput } from './chaosProbe';

const TERMINAL: ReadonlySet<string> = new Set(['success', 'failed', 'error', 'cancelled']);

/** One execution of a chaos run. */
export interface ChaosRun {
	/** Number of its first item. */
	readonly first: number;
	readonly count: number;
	readonly isStopped: boolean;
	/** Undefined where its process was killed. */
	readonly output: ChaosOutput | undefined;
}

/** What came of the runs whose process was not killed; the service's ledger says it, never the node. */
export interface ChaosVerdict {
	readonly lost: readonly string[];
	readonly wrong: readonly string[];
	readonly leftRunning: readonly string[];
	readonly filesLeft: readonly string[];
	/** Bought more than once, or named nowhere. */
	readonly overspent: readonly string[];
	/** Items whose create had an outcome that nobody could find out, and which say so. */
	readonly unknown: number;
	readonly billedUsd: number;
	readonly items: number;
}

export async function judgeChaos(
	runs: readonly ChaosRun[],
	{ ledger, sandbox }: FaultServer,
): Promise<ChaosVerdict> {
	const living = runs.filter(({ output }) => output !== undefined);
	const runOf = (number: number) =>
		living.find(({ first, count }) => number >= first && number < first + count);
	const predictions = sandbox.ledger.predictions
		.map((prediction) => ({ prediction, number: numberInPrompt(prediction.input['prompt']) }))
		.filter(({ number }) => runOf(number) !== undefined);
	const brokenCreates = ledger.requests
		.filter(({ name, treatment }) => name === 'create' && treatment !== 'passed')
		.flatMap(({ headers }) => headers['x-request-id'] ?? []);

	const lost: string[] = [];
	const wrong: string[] = [];
	const unknown = new Set<number>();
	for (const { first, count, isStopped, output } of living) {
		if (output?.error !== undefined) {
			if (!isStopped) lost.push(`a run of ${count} items ended with: ${output.error}`);
			continue;
		}
		for (let number = first; number < first + count; number += 1) {
			const items = output?.items.filter((item) => item.number === number) ?? [];
			const [{ text, shown } = { text: undefined, shown: '' }] = items;
			if (items.length !== 1) lost.push(`item ${number} has ${items.length} outputs`);
			else if (text === undefined) {
				if (shown.includes('outcome unknown') && brokenCreates.some((id) => shown.includes(id)))
					unknown.add(number);
				else lost.push(`item ${number}: ${shown.slice(0, 400)}`);
			} else if (!text.includes(`${widthOfPicture(number)}×${PICTURE_HEIGHT}`))
				wrong.push(`item ${number} has another picture's answer: ${text}`);
		}
	}

	const everythingShown = living
		.flatMap(({ output }) => [...(output?.items.map(({ shown }) => shown) ?? []), output?.error ?? ''])
		.join('\n');
	const overspent = predictions
		.filter(
			({ prediction: { id, status }, number }) =>
				status !== 'cancelled' && !unknown.has(number) && !everythingShown.includes(id),
		)
		.map(({ prediction: { id, status }, number }) => `${id} (${status}) of item ${number} is named nowhere`);
	const bought = new Map<number, number>();
	for (const { prediction, number } of predictions)
		if (prediction.billedUsd > 0) bought.set(number, (bought.get(number) ?? 0) + 1);
	for (const [number, times] of bought)
		if (times > 1) overspent.push(`item ${number} was bought ${times} times`);

	return {
		lost,
		wrong,
		unknown: unknown.size,
		overspent,
		leftRunning: predictions
			.filter(({ prediction }) => !TERMINAL.has(prediction.status))
			.map(
				({ prediction: { id, cancelRequests }, number }) =>
					`${id} of item ${number} was left running (${cancelRequests} cancels)`,
			),
		filesLeft: await filesLeft(living, { ledger, sandbox }),
		billedUsd: predictions.reduce((total, { prediction }) => total + prediction.billedUsd, 0),
		items: living.reduce((total, { count }) => total + count, 0),
	};
}

async function filesLeft(
	living: readonly ChaosRun[],
	{ ledger, sandbox }: Pick<FaultServer, 'ledger' | 'sandbox'>,
): Promise<string[]> {
	const left = sandbox.ledger.files.filter(({ uploads, deleted }) => uploads > 0 && !deleted);
	if (left.length === 0) return [];
	const numbers = living.flatMap(({ first, count }) =>
		Array.from({ length: count }, (_, index) => first + index),
	);
	const owners = new Map(
		await Promise.all(
			numbers.map(async (number) => {
				const bytes = await drawPicture(number);
				return [createHash('sha256').update(bytes).digest('hex'), number] as const;
			}),
		),
	);
	return left.flatMap(({ id, sha256 = '' }) => {
		const number = owners.get(sha256);
		if (number === undefined) return [];
		const deletes = ledger.requests.filter(({ name, path }) => name === 'delete' && path.includes(id));
		const met = deletes.map(({ treatment, status }) => `${treatment} ${status ?? ''}`);
		return [`file ${id} of item ${number} was left (deletes: ${met.join(', ')})`];
	});
}
