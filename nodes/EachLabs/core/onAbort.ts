/** Who is told of a signal, by signal: one listener of ours on each, since a thousand would be slow, and warn of a leak. */
const told = new WeakMap<
	AbortSignal,
	{ readonly callbacks: Set<() => void>; readonly listener: () => void }
>();

/**
 * Has `callback` called once when the signal aborts; at once where it has.
 *
 * @returns to be called when it no longer matters, so that nothing stays on the signal
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
	if (signal.aborted) {
		callback();
		return () => undefined;
	}
	const own = told.get(signal) ?? listenTo(signal);
	// A function of its own: the same callback may be given twice.
	const once = () => callback();
	own.callbacks.add(once);
	return () => {
		own.callbacks.delete(once);
		if (own.callbacks.size > 0 || told.get(signal) !== own) return;
		told.delete(signal);
		signal.removeEventListener('abort', own.listener);
	};
}

function listenTo(signal: AbortSignal) {
	const callbacks = new Set<() => void>();
	const listener = () => {
		told.delete(signal);
		for (const callback of callbacks) callback();
	};
	const own = { callbacks, listener };
	told.set(signal, own);
	signal.addEventListener('abort', listener, { once: true });
	return own;
}
