import fc from 'fast-check';

import { cleanContentType, kindOfType } from '../../../../../nodes/EachLabs/core/media/contentTypes';
import { HEAD_BYTES, identifyMedia } from '../../../../../nodes/EachLabs/core/media/identifyMedia';
import { checkFileSize, cleanFileName, type MediaKind } from '../../../../../nodes/EachLabs/core/media/media';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';

/** How a page of an OGG begins, up to the length of what is in it. */
const OGG_PAGE = 'OggS\0\x02\0\0\0\0\0\0\0\0\x01\x01\0\0\0\0\0\0\0\0\0\0\x01';
const LABEL = "the file 'a' in binary field 'data'";

/** Text as bytes, with zeros behind it. */
function head(text: string): Uint8Array {
	return Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(64)]);
}

function refusal(work: () => unknown): PredictionError {
	try {
		work();
	} catch (error) {
		if (error instanceof PredictionError) return error;
		throw error;
	}
	throw new Error('it was not refused');
}

describe('a file is known by its first bytes', () => {
	test.each<[string, string, MediaKind, string]>([
		['a JPEG', '\xff\xd8\xff\xe0\0\x10JFIF', 'image', 'image/jpeg'],
		['a PNG', '\x89PNG\r\n\x1a\n', 'image', 'image/png'],
		['a GIF of 1987', 'GIF87a', 'image', 'image/gif'],
		['a GIF of 1989', 'GIF89a', 'image', 'image/gif'],
		['a WebP', 'RIFF\x10\0\0\0WEBPVP8 ', 'image', 'image/webp'],
		['a BMP', 'BM\x36\x10\0\0\0\0\0\0\x36', 'image', 'image/bmp'],
		['a HEIC', '\0\0\0\x18ftypheic', 'image', 'image/heic'],
		['a HEIF', '\0\0\0\x18ftypmif1', 'image', 'image/heif'],
		['an AVIF', '\0\0\0\x18ftypavif', 'image', 'image/avif'],
		['an MP4', '\0\0\0\x18ftypisom', 'video', 'video/mp4'],
		['a QuickTime film', '\0\0\0\x14ftypqt  ', 'video', 'video/quicktime'],
		[
			'a film that begins with a wide box (gabriel-vasile/mimetype#302)',
			'\0\0\0\x08wide\0\x5a\x16\x6amdat',
			'video',
			'video/quicktime',
		],
		[
			'a film that begins with its index (sindresorhus/file-type#168)',
			'\0\0\x20\x10moov\0\0\0\x6cmvhd',
			'video',
			'video/quicktime',
		],
		[
			'a film that begins with its data (drewnoakes/metadata-extractor#737)',
			'\0\x12\x34\x56mdat\0\0',
			'video',
			'video/quicktime',
		],
		['a film of an early camera (mindeng/nom-exif#59)', '\0\0\0\x14pnot\0\0', 'video', 'video/quicktime'],
		['a film with room before its data', '\0\0\0\x08free\0\0\0\0', 'video', 'video/quicktime'],
		[
			'an MP4 of an action camera (h2non/filetype#37)',
			'\0\0\0\x14ftypmp41\x20\x13\x10\x18mp41',
			'video',
			'video/mp4',
		],
		['an MP4 whose first box has 256 bytes', '\0\0\x01\0ftypisom', 'video', 'video/mp4'],
		[
			'a phone picture of a general brand (NousResearch/hermes-agent#67848)',
			'\0\0\0\x1cftypmif1\0\0\0\0mif1heic',
			'image',
			'image/heic',
		],
		['an AVIF of a general brand', '\0\0\0\x1cftypmif1\0\0\0\0mif1avif', 'image', 'image/avif'],
		['a 3GP', '\0\0\0\x14ftyp3gp5', 'video', 'video/3gpp'],
		['an AVI', 'RIFF\x10\0\0\0AVI LIST', 'video', 'video/x-msvideo'],
		['a WebM', '\x1a\x45\xdf\xa3\x01\0\0\0\x42\x82\x84webm', 'video', 'video/webm'],
		['a Matroska', '\x1a\x45\xdf\xa3\x01\0\0\0\x42\x82\x88matroska', 'video', 'video/x-matroska'],
		['an MPEG film', '\0\0\x01\xba', 'video', 'video/mpeg'],
		['an MPEG stream', '\0\0\x01\xb3', 'video', 'video/mpeg'],
		['a Flash film', 'FLV\x01\x05', 'video', 'video/x-flv'],
		['a Windows film', '\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'video', 'video/x-ms-wmv'],
		['a WAV', 'RIFF\x10\0\0\0WAVEfmt ', 'audio', 'audio/wav'],
		['an MP3 with a title', 'ID3\x04', 'audio', 'audio/mpeg'],
		['an MP3', '\xff\xfb\x90\x44', 'audio', 'audio/mpeg'],
		['an AAC', '\xff\xf1\x50\x80', 'audio', 'audio/aac'],
		['an M4A', '\0\0\0\x18ftypM4A ', 'audio', 'audio/mp4'],
		['an OGG', 'OggS\0\x02', 'audio', 'audio/ogg'],
		['a FLAC', 'fLaC', 'audio', 'audio/flac'],
		['an AIFF', 'FORM\0\0\0\x10AIFF', 'audio', 'audio/aiff'],
		['an AMR', '#!AMR\n', 'audio', 'audio/amr'],
		['a PDF', '%PDF-1.7', 'document', 'application/pdf'],
		['a PDF with something before its mark', '\xef\xbb\xbf\n%PDF-1.4', 'document', 'application/pdf'],
	])('%s, whatever it is declared to be', (_, start, kind, contentType) => {
		for (const declared of [
			'',
			'application/octet-stream',
			'text/plain',
			'application/x-nonsense',
			contentType,
		]) {
			expect(identifyMedia(head(start), declared, LABEL)).toEqual({ kind, contentType });
		}
	});

	test.each<[string, string, string, string]>([
		['sound in a WebM', '\x1a\x45\xdf\xa3', 'audio/webm', 'audio/webm'],
		['sound in an MP4', '\0\0\0\x18ftypisom', 'audio/mp4; codecs="mp4a"', 'audio/mp4'],
		['sound in an MP4 under another name', '\0\0\0\x18ftypmp42', 'audio/x-m4a', 'audio/mp4'],
		['Opus in an OGG', 'OggS', 'audio/opus', 'audio/opus'],
		['Opus in an OGG that is declared as a film', `${OGG_PAGE}\x13OpusHead\x01`, 'video/ogg', 'audio/ogg'],
		['Vorbis in an OGG that is declared as a film', `${OGG_PAGE}\x1e\x01vorbis\0`, 'video/ogg', 'audio/ogg'],
		['Vorbis whose title is a codec', `${OGG_PAGE}\x1e\x01vorbis\0 TITLE=theora`, 'video/ogg', 'audio/ogg'],
		['FLAC in an OGG that is declared as a film', `${OGG_PAGE}\x33\x7fFLAC\x01`, 'video/ogg', 'audio/ogg'],
		['FLAC behind titles', 'ID3\x04\0\0\0\0\0\x0a', 'audio/flac', 'audio/flac'],
		['AAC behind titles', 'ID3\x04\0\0\0\0\0\x0a', 'audio/x-aac', 'audio/aac'],
		['a picture sequence as AVIF', '\0\0\0\x18ftypmif1', 'image/avif', 'image/avif'],
	])('%s, by its declared type, which its bytes leave open', (_, start, declared, contentType) => {
		expect(identifyMedia(head(start), declared, LABEL).contentType).toBe(contentType);
	});

	test.each<[string, string, MediaKind]>([
		['audio/mpeg', '\0\0\0\0\xff\xfb', 'audio'],
		['audio/aac', '\0\x01\x02', 'audio'],
		['video/mpeg', 'G\x40\x11\x10', 'video'],
		['audio/amr', '\0\x01', 'audio'],
	])('%s, which may begin with anything, by its declared type', (declared, start, kind) => {
		expect(identifyMedia(head(start), declared, LABEL)).toEqual({ kind, contentType: declared });
	});
});

describe("what the model can't read is refused, and called by its name", () => {
	test.each<[string, string, string, string]>([
		['a web page', '<!DOCTYPE html><html>', 'image/png', 'a web page (declared as image/png)'],
		['a web page without a doctype', '\n <html lang="en">', '', 'a web page'],
		['a web page behind a comment', '<!-- cached -->\n<!doctype html>', '', 'a web page'],
		[
			'a web page with a drawing in it (sdsykes/fastimage#80)',
			'<!DOCTYPE html>\n<html>\n<body>\n<svg width="1">',
			'',
			'a web page',
		],
		['an SVG', '<svg xmlns="http://www.w3.org/2000/svg">', 'image/svg+xml', 'an SVG drawing'],
		[
			'an SVG behind a declaration',
			'<?xml version="1.0"?>\n<!-- made by hand -->\n<svg >',
			'image/png',
			'an SVG drawing (declared as image/png)',
		],
		[
			'an SVG behind a byte order mark (sdsykes/fastimage#126)',
			'\xef\xbb\xbf<svg xmlns="x">',
			'',
			'an SVG drawing',
		],
		[
			'an SVG behind a byte order mark and a declaration (flyingsaucerproject/flyingsaucer#665)',
			'\xef\xbb\xbf<?xml version="1.0"?><svg>',
			'',
			'an SVG drawing',
		],
		[
			'an SVG behind a comment (gabriel-vasile/mimetype#192)',
			'<!-- Generator: a program -->\n<!-- and\nanother -->\n<svg version="1.1">',
			'',
			'an SVG drawing',
		],
		[
			'an SVG behind a document type (sindresorhus/is-svg#6)',
			'<?xml version="1.0"?>\n\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n\n<svg>',
			'',
			'an SVG drawing',
		],
		[
			'an SVG behind a document type with definitions',
			'<!DOCTYPE svg [\n<!ENTITY ns "http://x>y">\n] >\n<svg>',
			'',
			'an SVG drawing',
		],
		[
			'an SVG behind a long licence',
			`<?xml version="1.0"?><!-- ${'licence '.repeat(200)} --><svg>`,
			'',
			'an SVG drawing',
		],
		[
			'an SVG by its document type alone, with an element that is not seen yet',
			'<!DOCTYPE svg PUBLIC "x" "y">\n<!-- the rest is behind the head',
			'',
			'an SVG drawing',
		],
		['an SVG with a prefix', '<svg:svg xmlns:svg="x">', '', 'an SVG drawing'],
		['an SVG in UTF-16', '\xff\xfe<\0s\0v\0g\0 \0', '', 'an SVG drawing'],
		['a TIFF', 'II*\0', 'image/tiff', 'a TIFF image'],
		['a TIFF of the other order', 'MM\0*', '', 'a TIFF image'],
		[
			'a raw file of a camera, which is no film',
			'\0\0\0\x18ftypcrx \0\0\0\x01crx isom',
			'image/jpeg',
			"a camera's raw file (declared as image/jpeg)",
		],
		['a raw file that is a TIFF', 'II*\0\x10\0\0\0CR\x02\0', '', "a camera's raw file"],
		['a JPEG XL', '\xff\x0a\xfa\x7f', '', 'a JPEG XL image'],
		['a JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n', '', 'a JPEG 2000 image'],
		['a Photoshop file', '8BPS\0\x01', '', 'a Photoshop file'],
		['an icon', '\0\0\x01\0\x01\0\x10\x10', 'image/x-icon', 'an icon'],
		[
			'a voice memo of an iPhone (letta-ai/lettabot#96)',
			'caff\0\x01\0\0desc',
			'application/octet-stream',
			"a recording in Apple's CAF format",
		],
		['a WMA', '\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'audio/x-ms-wma', 'a WMA recording'],
		[
			'a WAV of over 4 GB',
			'RF64\xff\xff\xff\xffWAVEds64',
			'audio/wav',
			'a WAV recording of a rare kind (RF64 or RIFX) (declared as audio/wav)',
		],
		['a film in an OGG', `${OGG_PAGE}\x2a\x80theora`, '', 'an Ogg video'],
		['a film in an OGG that is declared as one', `${OGG_PAGE}\x2a\x80theora`, 'video/ogg', 'an Ogg video'],
		[
			'a film behind a list of its streams',
			`${OGG_PAGE}\x50fishead\0\x04${'\0'.repeat(70)}${OGG_PAGE}\x2a\x80theora`,
			'audio/ogg',
			'an Ogg video (declared as audio/ogg)',
		],
		['a film in an OGM', `${OGG_PAGE}\x39\x01video\0\0\0XVID`, '', 'an Ogg video'],
		[
			'a piece of a stream',
			'\0\0\0\x18stypmsdh\0\0\0\0msdhmsix',
			'video/mp4',
			'one piece of a streamed video (declared as video/mp4)',
		],
		[
			'a PNG whose line breaks were changed',
			'\x89PNG\n\x1a\n\0\0\0\x0dIHDR',
			'image/png',
			'bytes that were read as text on their way, which has damaged them (declared as image/png)',
		],
		[
			'a JPEG that was read as Latin-1 and written as UTF-8',
			'\xc3\xbf\xc3\x98\xc3\xbf\xc3\xa0\0',
			'image/jpeg',
			'bytes that were read as text on their way, which has damaged them (declared as image/jpeg)',
		],
		['an archive', 'PK\x03\x04', 'application/zip', 'a ZIP archive or an Office document'],
		[
			'a Word document',
			'PK\x03\x04',
			'application/pdf',
			'a ZIP archive or an Office document (declared as application/pdf)',
		],
		[
			'an old Word document',
			'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
			'application/msword',
			'an Office document (declared as application/msword)',
		],
		['bytes of no format', '\0\x01\x02', 'application/octet-stream', 'data of an unknown format'],
		[
			'bytes of no format that are declared as text',
			'\0\x01\x02',
			'text/plain',
			'data of an unknown format (declared as text/plain)',
		],
		['a type that no model reads', '\0\x01\x02', 'application/x-thing', 'a file of type application/x-thing'],
		[
			'a JPEG that was read as text on its way (n8n-io/n8n#5894)',
			'\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\0\x10JFIF',
			'text/plain',
			'bytes that were read as text on their way, which has damaged them (declared as text/plain)',
		],
	])('%s', (_, start, declared, name) => {
		const bytes = /^(?!\xff\xfe)[^]*[\0-\x08]/.test(start) ? head(start) : Buffer.from(start, 'latin1');
		const { kind, message, description } = refusal(() => identifyMedia(bytes, declared, LABEL));
		expect({ kind, message }).toEqual({
			kind: 'invalidInput',
			message: `The file 'a' in binary field 'data' holds ${name}, which the model can't read`,
		});
		expect(description).toMatch(/^(Use|Convert|Unpack|Get) /);
	});

	test.each<[string, string | Buffer, string, string]>([
		[
			'a text',
			'not found',
			'image/jpeg',
			"text (declared as image/jpeg), which the model can't read: 'not found'",
		],
		[
			'a text that is declared as sound',
			'{"error":"expired"}',
			'audio/mpeg',
			`text (declared as audio/mpeg), which the model can't read: '{"error":"expired"}'`,
		],
		[
			'a text that begins like a BMP',
			'BMW 320, used, in good condition',
			'text/csv',
			"text (declared as text/csv), which the model can't read: 'BMW 320, used, in good condition'",
		],
		[
			'a text that begins like a Flash film',
			'FLV files are old',
			'',
			"text, which the model can't read: 'FLV files are old'",
		],
		...['caffeine is a drug', 'ID3 tags, explained', 'The ftyp box', 'OggS begins a page'].map(
			(text): [string, string, string, string] => [
				`a text that begins like a file: ${text}`,
				text,
				'',
				`text, which the model can't read: '${text}'`,
			],
		),
		['a text that speaks of a box', 'the mdat box', '', "text, which the model can't read: 'the mdat box'"],
		[
			'a text in UTF-16',
			Buffer.from('\ufeffhello', 'utf16le'),
			'text/plain',
			"text (declared as text/plain), which the model can't read: 'hello'",
		],
		[
			'a text in an older encoding',
			Buffer.from('Datei nicht gefunden, bitte spater prufen'.replace('spater', 'sp\xe4ter'), 'latin1'),
			'',
			"text, which the model can't read: 'Datei nicht gefunden, bitte sp\ufffdter prufen'",
		],
		[
			'the first 60 characters of a long text, in one line',
			`a\r\n\tb\u202e ${'😀'.repeat(80)}`,
			'',
			`text, which the model can't read: 'a b ${'😀'.repeat(56)}…'`,
		],
		[
			'a cross-service notice',
			'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
			'',
			`text, which the model can't read: '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error…'`,
		],
		[
			'base64 of a picture (n8n-io/n8n#16130)',
			'/9j/4AAQSkZJRgABAQAAAQABAAD/2wBD',
			'text/plain',
			'the base64 text of a file (image/jpeg), not the file itself',
		],
		[
			'base64 of a picture, in lines',
			'iVBORw0KGgoAAAANSUhEUgAA\r\nAAEAAAABCAYAAAAfFcSJ',
			'image/png',
			'the base64 text of a file (image/png), not the file itself',
		],
		[
			'base64 in quotes',
			'"JVBERi0xLjQKJcfsj6IKNSAwIG9iago8"',
			'',
			'the base64 text of a file (application/pdf), not the file itself',
		],
		[
			'base64 of no known format',
			Buffer.from(Buffer.alloc(400, 'Az0').toString('latin1')),
			'',
			'the base64 text of a file, not the file itself',
		],
		[
			'a data URI',
			'data:image/png;base64,iVBORw0KGgo=',
			'text/plain',
			"a 'data:' address, which has a file written in it as text, not the file itself",
		],
	])('%s is quoted, or called what it is', (_, content, declared, words) => {
		const { message } = refusal(() => identifyMedia(Buffer.from(content as string), declared, LABEL));
		expect(message).toBe(`The file 'a' in binary field 'data' holds ${words}`);
	});

	test('a file whose bytes are not what it is declared to be', () => {
		expect(refusal(() => identifyMedia(head('\0\x01\x02'), 'image/webp', LABEL)).message).toBe(
			"The file 'a' in binary field 'data' is declared as image/webp, but its content is not of that format",
		);
	});
});

test('any bytes under any declared type are a medium that can be sent, or are refused', () => {
	const starts = ['RIFF', 'BM', '\xff', '\0\0\0\x18ftyp', '<svg', '%PDF-', 'FORM', '\x1a\x45\xdf\xa3', ''];
	fc.assert(
		fc.property(
			fc.constantFrom(...starts),
			fc.uint8Array({ maxLength: HEAD_BYTES }),
			fc.oneof(
				fc.string(),
				fc.constantFrom('image/png', 'audio/mpeg', 'video/mp4', 'application/pdf', 'text/html', ''),
			),
			fc.string(),
			(start, rest, declared, label) => {
				const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest]);
				try {
					const { kind, contentType } = identifyMedia(bytes, declared, label);
					expect(kindOfType(contentType)).toBe(kind);
				} catch (error) {
					expect(error).toBeInstanceOf(PredictionError);
					expect(error).toMatchObject({ kind: 'invalidInput' });
				}
			},
		),
		{ seed: 20260821, numRuns: 1_000 },
	);
});

describe('the size of a file', () => {
	const MIB = 1_048_576;

	test.each<[MediaKind, number]>([
		['image', 1],
		['image', 7 * MIB],
		['video', 100 * MIB],
		['audio', 100 * MIB],
		['document', 100 * MIB],
	])('%s of %p bytes may be sent', (kind, byteLength) => {
		expect(() => {
			checkFileSize(kind, byteLength, LABEL);
		}).not.toThrow();
	});

	test.each<[MediaKind, number, string]>([
		['image', 0, 'is empty (0 bytes)'],
		['image', 7 * MIB + 1, 'has 7.01 MB; the limit for an image is 7 MB'],
		['video', 100 * MIB + 1, 'has 100.01 MB; the limit for a video is 100 MB'],
		['audio', 250 * MIB, 'has 250.00 MB; the limit for an audio file is 100 MB'],
		['document', 101 * MIB, 'has 101.00 MB; the limit for a PDF document is 100 MB'],
	])('%s of %p bytes is refused', (kind, byteLength, message) => {
		const error = refusal(() => {
			checkFileSize(kind, byteLength, LABEL);
		});
		expect(error.kind).toBe('invalidInput');
		expect(error.message).toBe(`The file 'a' in binary field 'data' ${message}`);
	});
});

describe('a MIME type', () => {
	test.each([
		['image/png', 'image/png'],
		[' IMAGE/PNG ', 'image/png'],
		['image/png; charset=binary', 'image/png'],
		['image/jpg', 'image/jpeg'],
		['audio/mp3', 'audio/mpeg'],
		['video/x-m4v', 'video/mp4'],
		['image/png\r\nX-Evil: 1', ''],
		['image', ''],
		['', ''],
		[`image/${'a'.repeat(65)}`, ''],
		['image/../png', ''],
	])('%p becomes %p', (declared, cleaned) => {
		expect(cleanContentType(declared)).toBe(cleaned);
	});
});

describe('a file name in a message', () => {
	test.each<[string, string | undefined, string]>([
		['that is missing', undefined, ''],
		['as it is', 'cat.png', 'cat.png'],
		['without folders', '../../etc/passwd', 'passwd'],
		['without folders of Windows', 'C:\\Users\\me\\cat.png', 'cat.png'],
		['without line breaks and NUL', 'cat\r\n\0.png', 'cat.png'],
		['without marks that turn the direction of text', 'cat\u202egnp.exe', 'catgnp.exe'],
		['as long as a disk has it', `${'a'.repeat(251)}.png`, `${'a'.repeat(251)}.png`],
		['of at most 255 characters', 'a'.repeat(500), 'a'.repeat(255)],
		['that is not cut within a character', '😀'.repeat(260), '😀'.repeat(255)],
		['with the joiners of an emoji', '👨‍👩‍👧.png', '👨‍👩‍👧.png'],
		['with the non-joiners of Persian', 'گربه\u200cها.png', 'گربه\u200cها.png'],
		['with the flag of a part of a country', '🏴󠁧󠁢󠁥󠁮󠁧󠁿.png', '🏴󠁧󠁢󠁥󠁮󠁧󠁿.png'],
		['without a byte order mark', '\ufeffcat.png', 'cat.png'],
		['that is a folder', 'photos/', ''],
	])('%s', (_, name, cleaned) => {
		expect(cleanFileName(name)).toBe(cleaned);
	});
});
