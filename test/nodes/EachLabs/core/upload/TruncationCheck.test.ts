import fc from 'fast-check';
import sharp from 'sharp';

import { TruncationCheck } from '../../../../../nodes/EachLabs/core/upload/TruncationCheck';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import { seededRandom } from '../../../../support/VirtualClock';

/** Noise, so that the picture's data holds every byte. */
function picture(): sharp.Sharp {
	const random = seededRandom(7);
	const pixels = Uint8Array.from({ length: 64 * 48 * 3 }, () => Math.floor(256 * random()));
	return sharp(pixels, { raw: { width: 64, height: 48, channels: 3 } });
}

/** What an EXIF segment with a thumbnail looks like: it holds the end mark of a picture of its own. */
function withThumbnail(jpeg: Buffer): Buffer {
	const content = Buffer.concat([
		Buffer.from('Exif\0\0'),
		Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 0xff, 0xd9]),
		Buffer.alloc(300),
	]);
	const length = Buffer.alloc(2);
	length.writeUInt16BE(content.length + 2);
	return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, content, jpeg.subarray(2)]);
}

function isWhole(contentType: string, bytes: Uint8Array, chunkLength = bytes.length || 1): boolean {
	const end = new TruncationCheck(contentType);
	for (let from = 0; from < bytes.length; from += chunkLength)
		end.push(bytes.subarray(from, from + chunkLength));
	try {
		end.check('the file');
		return true;
	} catch (error) {
		expect(error).toBeInstanceOf(PredictionError);
		return false;
	}
}

const FORMATS: ReadonlyArray<[string, string, () => Promise<Buffer>]> = [
	['a baseline JPEG', 'image/jpeg', async () => await picture().jpeg().toBuffer()],
	['a progressive JPEG', 'image/jpeg', async () => await picture().jpeg({ progressive: true }).toBuffer()],
	['a JPEG with a thumbnail', 'image/jpeg', async () => withThumbnail(await picture().jpeg().toBuffer())],
	['a PNG', 'image/png', async () => await picture().png().toBuffer()],
	['a PNG with a palette', 'image/png', async () => await picture().png({ palette: true }).toBuffer()],
	['a WebP', 'image/webp', async () => await picture().webp().toBuffer()],
];

describe.each(FORMATS)('%s', (_, contentType, draw) => {
	test.each([1, 7, 64, 65_536])('is whole, in chunks of %p bytes', async (chunkLength) => {
		expect(isWhole(contentType, await draw(), chunkLength)).toBe(true);
	});

	test('is cut off wherever it was cut', async () => {
		const bytes = await draw();
		for (let length = 12; length < bytes.length - 4; length += 97) {
			expect({ length, isWhole: isWhole(contentType, bytes.subarray(0, length)) }).toEqual({
				length,
				isWhole: false,
			});
		}
	});

	test('is cut off where its last byte is missing, or of a WebP, which may be filled up by one, its last two', async () => {
		const bytes = await draw();
		expect(isWhole(contentType, bytes.subarray(0, contentType === 'image/webp' ? -2 : -1))).toBe(false);
	});

	test('is whole with a film behind it, as phones put it there', async () => {
		const film = Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42'), Buffer.alloc(5_000, 0xda)]);
		expect(isWhole(contentType, Buffer.concat([await draw(), film]), 1_000)).toBe(true);
	});
});

describe('JPEGs as phones and programs write them', () => {
	const jpeg = async () => await picture().jpeg().toBuffer();
	const withoutEnd = async () => (await jpeg()).subarray(0, -2);
	const film = Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42'), Buffer.alloc(500, 0x41)]);

	test.each<[string, () => Promise<Buffer>]>([
		[
			'a panorama whose data go over into a trailer without an end mark (libjpeg-turbo/libjpeg-turbo#163)',
			async () =>
				Buffer.concat([
					await withoutEnd(),
					Buffer.from('\0\0\x01\x0aPanorama_Shot_Info'),
					film,
					Buffer.from('SEFT'),
				]),
		],
		[
			'a motion photo: a film behind the end mark (3rd/image.nvim#379)',
			async () => Buffer.concat([await jpeg(), film]),
		],
		[
			'several pictures in one file (fluttercandies/dart_image_size_getter#41)',
			async () => Buffer.concat([await jpeg(), await jpeg(), (await jpeg()).subarray(0, 100)]),
		],
		[
			'a second picture right behind data without an end mark',
			async () => Buffer.concat([await withoutEnd(), await jpeg()]),
		],
		[
			'bytes behind the data that no JPEG has (haraldk/TwelveMonkeys#1054)',
			async () => Buffer.concat([await withoutEnd(), Buffer.from([0xff, 0x23, 0x41, 0x42])]),
		],
		[
			'a beginning that is written twice (ruffle-rs/ruffle#8820)',
			async () => Buffer.concat([Buffer.from([0xff, 0xd8]), await jpeg()]),
		],
		[
			'zeros behind the end mark (mayanklahiri/easyexif#17)',
			async () => Buffer.concat([await jpeg(), Buffer.alloc(10_000)]),
		],
	])('%s', async (_, draw) => {
		for (const chunkLength of [1, 3, 4_096])
			expect(isWhole('image/jpeg', await draw(), chunkLength)).toBe(true);
	});

	test('a beginning that is written twice does not hide that the end is missing', async () => {
		const bytes = Buffer.concat([Buffer.from([0xff, 0xd8]), await jpeg()]);
		expect(isWhole('image/jpeg', bytes.subarray(0, -40))).toBe(false);
	});

	test('an end mark alone missing, with nothing behind it, is a file that was cut off', async () => {
		expect(isWhole('image/jpeg', await withoutEnd())).toBe(false);
	});
});

describe('films, which tell the lengths of their parts', () => {
	const box = (name: string, length: number) => {
		const bytes = Buffer.alloc(length, 0x61);
		bytes.writeUInt32BE(length);
		bytes.write(name, 4, 'latin1');
		return bytes;
	};
	const film = () => Buffer.concat([box('ftyp', 24), box('moov', 300), box('mdat', 2_000)]);

	test.each(['video/mp4', 'video/quicktime', 'audio/mp4', 'image/heic'])('%s', (contentType) => {
		for (const chunkLength of [1, 7, 4_096]) {
			expect(isWhole(contentType, film(), chunkLength)).toBe(true);
			expect(isWhole(contentType, film().subarray(0, -16), chunkLength)).toBe(false);
			expect(isWhole(contentType, film().subarray(0, 900), chunkLength)).toBe(false);
		}
	});

	test.each<[string, Buffer]>([
		['a last part that goes on to the end', Buffer.concat([film(), Buffer.from('\0\0\0\0mdatabc')])],
		['zeros behind the film', Buffer.concat([film(), Buffer.alloc(5_000)])],
		['some bytes behind the film', Buffer.concat([film(), Buffer.from('abc')])],
		[
			'a tag behind the film',
			Buffer.concat([film(), Buffer.from('\xff\xff\xff\xff\x01\x02\x03\x04', 'latin1')]),
		],
		['titles behind the film', Buffer.concat([film(), Buffer.from('TAGMy song'.padEnd(128, '\0'))])],
		['tags behind the film', Buffer.concat([film(), Buffer.from('APETAGEX\xd0\x07\0\0'.padEnd(60, 'x'))])],
		['the trailer of a phone', Buffer.concat([film(), Buffer.from('v2_f28    0:0     LIVE_1234567')])],
		[
			'data of a camera as JSON',
			Buffer.concat([film(), Buffer.from('{"camera":"x","lens":"wide angle 12 mm"}')]),
		],
		[
			'data about it as XML',
			Buffer.concat([film(), Buffer.from('<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>')]),
		],
		['a comment', Buffer.concat([film(), Buffer.from('<!-- cached by a proxy, 2026 -->')])],
		['a last part that counts one byte too many', film().subarray(0, -1)],
		[
			'pieces of a stream',
			Buffer.concat([
				box('ftyp', 24),
				box('sidx', 44),
				box('moof', 200),
				box('mdat', 900),
				box('moof', 200),
				box('mdat', 900),
			]),
		],
		[
			'a part with a wide length',
			Buffer.concat([box('ftyp', 24), Buffer.from('\0\0\0\x01mdat\0\0\0\0\0\0\0\x14abcd')]),
		],
	])('%s is whole', (_, bytes) => {
		expect(isWhole('video/mp4', bytes)).toBe(true);
	});

	test('a part with a wide length that is cut off', () => {
		const bytes = Buffer.concat([box('ftyp', 24), Buffer.from('\0\0\0\x01mdat\0\0\0\x01\0\0\0\x14abcd')]);
		expect(isWhole('video/mp4', bytes)).toBe(false);
	});
});

test('a WebP with bytes behind it is whole, and one that does not tell its length', async () => {
	const bytes = await picture().webp().toBuffer();
	expect(isWhole('image/webp', Buffer.concat([bytes, Buffer.from('\r\n')]))).toBe(true);
	for (const length of [0, 0xffffffff, bytes.length]) {
		const other = Buffer.from(bytes);
		other.writeUInt32LE(length, 4);
		expect(isWhole('image/webp', other)).toBe(true);
	}
});

test('the message names the file and says what to do', () => {
	const end = new TruncationCheck('image/png');
	let told: unknown;
	try {
		end.check("the file 'a.png'");
	} catch (error) {
		told = error;
	}
	expect(told).toMatchObject({
		kind: 'invalidInput',
		message: "The file 'a.png' is cut off: its end is missing",
		description: expect.stringContaining('Get the file again'),
	});
});

test.each(['audio/wav', 'audio/mpeg', 'application/pdf', ''])(
	'a file of type %p has no end of its own',
	(type) => {
		expect(isWhole(type, new Uint8Array(5))).toBe(true);
	},
);

test('a JPEG without a marker where one has to be is not judged', () => {
	expect(isWhole('image/jpeg', Buffer.from([0xff, 0xd8, 0x12, 0x34]))).toBe(true);
});

test('the verdict does not depend on how the bytes come, whatever they are', () => {
	fc.assert(
		fc.property(
			fc.constantFrom('image/jpeg', 'image/png'),
			fc.uint8Array({ maxLength: 300 }),
			fc.integer({ min: 1, max: 50 }),
			(contentType, bytes, chunkLength) => {
				const jpegLike = Uint8Array.from([0xff, 0xd8, 0xff, 0xda, 0, 3, ...bytes]);
				for (const content of [bytes, jpegLike]) {
					expect(isWhole(contentType, content, chunkLength)).toBe(isWhole(contentType, content));
				}
			},
		),
		{ seed: 20260821, numRuns: 300 },
	);
});
