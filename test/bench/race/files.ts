import { buffer } from 'node:stream/consumers';

import { testMedia } from '../../support/testMedia';
import { largeVideo } from '../largeVideo';
import { pictureOfLength } from '../pngComment';
import type { Work } from './Work';

/** A contestant's files, by the number of their item. */
export type Files = ReadonlyMap<number, Buffer>;

export const MIME_TYPES = { image: 'image/png', video: 'video/mp4' } as const;

const DEFAULT_BYTES = 50_000;

/** Real files of the work's kind and about its length, no two of one length. */
export async function filesOf(work: Work, numbers: readonly number[]): Promise<Files> {
	const { media = 'image', byteLength = DEFAULT_BYTES } = work;
	const files = new Map<number, Buffer>();
	for (const number of numbers) {
		const file =
			media === 'video'
				? await buffer((await largeVideo(byteLength + number)).stream)
				: pictureOfLength(
						await testMedia.picture(40 + (number % 200), 30 + Math.floor(number / 200)),
						byteLength + number,
					);
		files.set(number, file);
	}
	return files;
}
