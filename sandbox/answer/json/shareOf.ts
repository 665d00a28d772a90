import { createHash } from 'node:crypto';

/** A number from 0 up to, but not including, 1 that depends on these words alone and looks drawn. */
export function shareOf(...words: readonly string[]): number {
	return createHash('sha256').update(words.join('\n')).digest().readUInt32BE(0) / 2 ** 32;
}
