/**
 * A prediction's run time in milliseconds, drawn evenly from `min` to `max`.
 *
 * Depends on the seed and the prediction's ordinal alone (splitmix32), so that a scenario which is changed midway
 * doesn't shift the draws that follow.
 */
export function drawRunTimeMs(range: { min: number; max: number }, seed: number, ordinal: number): number {
	let bits = (seed + Math.imul(ordinal + 1, 0x9e3779b9)) | 0;
	bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
	bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
	const share = ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
	return Math.round(range.min + share * (range.max - range.min));
}
