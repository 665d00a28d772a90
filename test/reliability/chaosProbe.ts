import { numberedPicture } from '../faults/numberedPicture';
import { QUESTION } from '../faults/playScene';
import { hurryHostClock } from '../support/hurryHostClock';
import { runNode } from '../support/runNode';

/** What one process of a chaos run is to do. */
export interface ChaosWork {
	readonly baseUrl: string;
	/** By how much its clock is faster than the real one. */
	readonly hurry: number;
	readonly runs: ReadonlyArray<{
		/** Number of its first item; the others follow. */
		readonly first: number;
		readonly count: number;
		/** When it is stopped, by that clock; undefined for never. */
		readonly stopAtMs?: number;
	}>;
}

export interface ChaosItem {
	/** Of the input item that it is paired with. */
	readonly number: number;
	readonly text?: string;
	/** All that it says. */
	readonly shown: string;
}

/** Of one execution. */
export interface ChaosOutput {
	readonly items: readonly ChaosItem[];
	/** What it ended with, with its description; undefined where it came to its end. */
	readonly error?: string;
}

/** Does what it is sent, and sends what came of it, until nobody is there any more who could send something. */
function main(): void {
	process.on('message', (message) => {
		const work = message as ChaosWork;
		putClockBack?.();
		putClockBack = hurryHostClock(work.hurry);
		play(work).then(
			(outputs) => process.send?.(outputs),
			(error: unknown) => {
				console.error(error);
				process.exit(1);
			},
		);
	});
	process.send?.('ready');
}

let putClockBack: (() => void) | undefined;

async function play({ baseUrl, hurry, runs }: ChaosWork): Promise<ChaosOutput[]> {
	return await Promise.all(
		runs.map(async ({ first, count, stopAtMs }): Promise<ChaosOutput> => {
			const items = await Promise.all(
				Array.from({ length: count }, async (_, index) => ({
					json: { number: first + index },
					binary: { data: await numberedPicture(first + index) },
				})),
			);
			const stop = new AbortController();
			const stopping = stopAtMs === undefined ? undefined : setTimeout(() => stop.abort(), stopAtMs / hurry);
			const { items: given, error } = await runNode({
				items,
				nodeId: `node-${first}`,
				baseUrl,
				onError: 'continueRegularOutput',
				signal: stop.signal,
				parameters: {
					resource: 'image',
					operation: 'analyze',
					text: QUESTION,
					options: { maxWait: 300 },
				},
			});
			clearTimeout(stopping);
			return {
				items: given.map(({ json, pairedItem }) => {
					const [paired] = [pairedItem].flat();
					return {
						number: first + (typeof paired === 'object' ? paired.item : (paired ?? NaN)),
						...(typeof json['text'] === 'string' && { text: json['text'] }),
						shown: JSON.stringify(json),
					};
				}),
				...(error && { error: `${error.message} ${error.description ?? ''}` }),
			};
		}),
	);
}

main();
