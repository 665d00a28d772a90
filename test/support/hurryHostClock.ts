import type { Clock } from '../../nodes/EachLabs/core/host';
import { hostClock } from '../../nodes/EachLabs/n8n/hostClock';

/**
 * Has the node's clock run so many times faster than the real one, so that a minute's silence takes a second in n8n's own
 * engine. The time of day stays as it is.
 *
 * @returns puts the clock back
 */
export function hurryHostClock(factor: number): () => void {
	const real = { ...hostClock };
	const startedAtMs = real.monotonicMs();
	const hurried: Pick<Clock, 'monotonicMs' | 'sleep'> = {
		monotonicMs: () => startedAtMs + (real.monotonicMs() - startedAtMs) * factor,
		sleep: async (ms, ...ends) => await real.sleep(ms / factor, ...ends),
	};
	Object.assign(hostClock, hurried);
	return () => void Object.assign(hostClock, real);
}

/** As `hurryHostClock`, for each test of the file or of the `describe` that it stands in. */
export function hurryEachTest(factor: number): void {
	let restore = () => {};
	beforeEach(() => (restore = hurryHostClock(factor)));
	afterEach(() => restore());
}
