import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits for something that happens by itself.
 *
 * @throws Error when it has not happened within the time.
 */
export async function until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
	const endMs = Date.now() + timeoutMs;
	while (!condition()) {
		if (Date.now() > endMs)
			throw new Error(`This did not happen within ${timeoutMs} ms: ${String(condition)}`);
		await wait(5);
	}
}
