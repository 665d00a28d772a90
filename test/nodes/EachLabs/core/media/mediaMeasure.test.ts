import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import sharp from 'sharp';

import {
	measureHead,
	MediaScan,
	type MediaMeasure,
} from '../../../../../nodes/EachLabs/core/media/mediaMeasure';
import { testMedia } from '../../../../support/testMedia';

/** As the bytes of a file come from a store, in pieces of this size. */
function scan(bytes: Uint8Array, contentType: string, pieceBytes: number): MediaMeasure {
	const media = new MediaScan(contentType, bytes.length);
	for (let at = 0; at < bytes.length; at += pieceBytes)
		if (!media.take(bytes.subarray(at, at + pieceBytes))) break;
	return media.measure();
}

const drawn = () => sharp({ create: { width: 1_234, height: 567, channels: 3, background: 'red' } });

describe('the size of a picture', () => {
	test.each<[format: string, bytes: () => Promise<Buffer>]>([
		['png', async () => await drawn().png().toBuffer()],
		['jpeg', async () => await drawn().jpeg().toBuffer()],
		['jpeg', async () => await drawn().jpeg({ progressive: true }).toBuffer()],
		[
			'jpeg',
			async () =>
				await drawn()
					.withExif({ IFD0: { Copyright: 'x'.repeat(9_000) } })
					.jpeg()
					.toBuffer(),
		],
		['webp', async () => await drawn().webp().toBuffer()],
		['webp', async () => await drawn().webp({ lossless: true }).toBuffer()],
		[
			'webp',
			async () =>
				await drawn()
					.ensureAlpha(0.5)
					.withExif({ IFD0: { Copyright: 'x' } })
					.webp()
					.toBuffer(),
		],
		['gif', async () => await drawn().gif().toBuffer()],
		['avif', async () => await drawn().avif().toBuffer()],
	])('stands in the header of a %s', async (format, make) => {
		const bytes = await make();
		for (const pieceBytes of [1_000, 262_144])
			expect(scan(bytes, `image/${format}`, pieceBytes)).toEqual({ width: 1_234, height: 567 });
	});

	test.each([
		['image/jpeg', '\xff\xd8\xff\xe0\0\0'],
		['image/jpeg', '\xff\xd8'],
		['image/png', '\x89PNG'],
		['image/heic', '....ftypheic'],
	])('of a broken %s is not made up', (contentType, text) => {
		const { width = 0, height = 0 } = measureHead(Buffer.from(text, 'latin1'), contentType, 9) ?? {};
		expect([width, height]).toEqual([0, 0]);
	});
});

describe('the length', () => {
	const video = readFileSync(join(__dirname, '../../../../../examples/media/sailing-boat.mp4'));

	test.each([7, 100, 50_000])(
		'of a video stands in its movie header, read in pieces of %i bytes',
		(pieceBytes) => {
			expect(scan(video, 'video/mp4', pieceBytes).seconds).toBeGreaterThan(1);
			expect(scan(video, 'video/mp4', pieceBytes)).toEqual(scan(video, 'video/mp4', video.length));
		},
	);

	test('of a WAV file stands in its header, that of an MP3 is guessed', () => {
		expect(scan(testMedia.recording(3), 'audio/wav', 1_000).seconds).toBeCloseTo(3);
		expect(scan(Buffer.alloc(160_000), 'audio/mpeg', 1_000).seconds).toBeCloseTo(10);
	});

	test.each([5, 64, 100_000])(
		'of a document is its pages, read in pieces of %i bytes',
		async (pieceBytes) => {
			const document = await PDFDocument.create();
			for (let page = 0; page < 7; page++) document.addPage();
			const bytes = await document.save({ useObjectStreams: false });
			expect(scan(bytes, 'application/pdf', pieceBytes)).toEqual({ pages: 7 });
		},
	);
});
