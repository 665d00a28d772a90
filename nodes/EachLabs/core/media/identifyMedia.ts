import { PredictionError } from '../PredictionError';
import { cleanContentType, kindOfType } from './contentTypes';
import type { MediaKind } from './media';
import { textOf, writtenFile } from './textFiles';
import { capitalized } from '../words';

/** How a user calls what no model reads. */
const UNREADABLE_TYPES: ReadonlyMap<string, string> = new Map([
	['image/svg+xml', 'an SVG drawing'],
	['image/tiff', 'a TIFF image'],
	['image/x-raw', "a camera's raw file"],
	['image/jxl', 'a JPEG XL image'],
	['image/jp2', 'a JPEG 2000 image'],
	['image/vnd.adobe.photoshop', 'a Photoshop file'],
	['image/x-icon', 'an icon'],
	['application/postscript', 'a PostScript drawing'],
	['application/rtf', 'an RTF document'],
	['application/zip', 'a ZIP archive or an Office document'],
	['application/x-ole-storage', 'an Office document'],
	['application/x-archive', 'an archive'],
	['audio/midi', 'a MIDI file'],
	['audio/x-caf', "a recording in Apple's CAF format"],
	['audio/x-ms-wma', 'a WMA recording'],
	['audio/x-rf64', 'a WAV recording of a rare kind (RF64 or RIFX)'],
	['video/ogg', 'an Ogg video'],
	['video/x-segment', 'one piece of a streamed video'],
	['text/html', 'a web page'],
	['text/damaged', 'bytes that were read as text on their way, which has damaged them'],
]);

/** What is to be done about a type, where that is not to look for another file. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
	...['image/svg+xml', 'image/tiff', 'image/x-raw', 'image/jxl', 'image/jp2'].map(
		(type) => [type, 'Convert it to PNG or JPEG first, then try again.'] as const,
	),
	...['application/zip', 'application/x-ole-storage', 'application/rtf'].map(
		(type) =>
			[
				type,
				"Unpack an archive first, e.g. with n8n's Compression node. Save an Office document as PDF, which the operation 'Document → Analyze' reads.",
			] as const,
	),
	...['audio/x-caf', 'audio/x-ms-wma', 'audio/x-rf64'].map(
		(type) => [type, 'Convert it to MP3 or WAV first, then try again.'] as const,
	),
	['video/ogg', 'Convert it to MP4 first, then try again.'],
	['video/x-segment', "Get the whole video as one MP4 file: a piece alone can't be played."],
	[
		'text/damaged',
		"Get the file as a file: in an HTTP Request node, add the option 'Response' and set 'Response Format' to File. What was damaged can't be mended.",
	],
]);

const FORMATS =
	'Use JPEG, PNG, WebP, GIF, BMP, HEIC or AVIF images, MP4, MOV, WebM or AVI videos, WAV, MP3, M4A, OGG, FLAC or AAC audio, or PDF documents. Often a download gave a web page with a notice in place of the file: look at the node before this one.';

/** Types by which a declaration says nothing. */
const UNKNOWN_TYPES: ReadonlySet<string> = new Set([
	'',
	'application/octet-stream',
	'binary/octet-stream',
	'application/binary',
	'application/force-download',
	'application/download',
	'application/x-download',
	'application/unknown',
]);

/** Bytes of a file's beginning that tell its format: an SVG may have a licence text before its first element. */
export const HEAD_BYTES = 4_096;
/** Characters of a text that a message quotes. */
const QUOTED_CHARACTERS = 60;

/**
 * What kind of medium a file is, decided by its first bytes, and by its declared MIME type only where the bytes don't tell.
 *
 * @param head the first `HEAD_BYTES` bytes, or all of a shorter file
 * @param label names the file in messages, e.g. "the file 'a.png' in binary field 'data'"
 * @throws {PredictionError} `invalidInput` for a format that no model reads
 */
export function identifyMedia(
	head: Uint8Array,
	declaredType: string,
	label: string,
): { kind: MediaKind; contentType: string } {
	const declared = cleanContentType(declaredType);
	const found = typeOfBytes(head, declared);
	if (found === undefined) {
		const kind = kindOfType(declared);
		if (kind !== undefined && trustedWithoutSignature(declared, head)) return { kind, contentType: declared };
		throw unknownBytes(head, declared, label);
	}
	const kind = kindOfType(found);
	if (kind !== undefined) return { kind, contentType: found };
	throw PredictionError.invalidInput(
		`${capitalized(label)} holds ${UNREADABLE_TYPES.get(found) ?? found}${declaredAs(declared, found)}, which the model can't read`,
		REMEDIES.get(found) ?? FORMATS,
	);
}

/**
 * The type of a file, whether a model reads it or not: as its first bytes tell, else as it is declared.
 *
 * @returns `isCertain` where the bytes tell it
 */
export function contentTypeOf(
	head: Uint8Array,
	declaredType: string,
): { readonly contentType: string; readonly isCertain: boolean } {
	const declared = cleanContentType(declaredType);
	const found = typeOfBytes(head, declared);
	const isMark = found !== undefined && !found.startsWith('text/') && found !== 'application/zip';
	return { contentType: isMark ? found : declared || 'application/octet-stream', isCertain: isMark };
}

function unknownBytes(head: Uint8Array, declared: string, label: string): PredictionError {
	const refused = (what: string, remedy = FORMATS) =>
		PredictionError.invalidInput(`${capitalized(label)} ${what}`, remedy);
	const text = textOf(head);
	if (text !== undefined) {
		const written = writtenFile(text, (bytes) => typeOfBytes(bytes, ''));
		if (written) return refused(`holds ${written.what}, not the file itself`, written.remedy);
		const quoted = quotedText(text);
		return refused(`holds text${declaredAs(declared, 'text')}, which the model can't read: '${quoted}'`);
	}
	if (UNKNOWN_TYPES.has(declared) || declared.startsWith('text/'))
		return refused(`holds data of an unknown format${declaredAs(declared, '')}, which the model can't read`);
	if (kindOfType(declared) === undefined)
		return refused(`holds a file of type ${declared}, which the model can't read`);
	return refused(`is declared as ${declared}, but its content is not of that format`);
}

function declaredAs(declared: string, found: string): string {
	return declared === found || UNKNOWN_TYPES.has(declared) ? '' : ` (declared as ${declared})`;
}

/** The first characters of a text, in one line and without characters that change how a line looks. */
function quotedText(text: string): string {
	const line = text
		.slice(0, 1_000)
		.replace(/\s+/g, ' ')
		.replace(/[\p{Cc}\p{Cf}]/gu, '')
		.trim();
	const characters = Array.from(line);
	const isLong = characters.length > QUOTED_CHARACTERS || text.length > 1_000;
	return `${characters.slice(0, QUOTED_CHARACTERS).join('')}${isLong ? '…' : ''}`;
}

/** Formats that may begin with anything but text, so that only their declared type can tell. */
function trustedWithoutSignature(declared: string, head: Uint8Array): boolean {
	return (
		['audio/mpeg', 'video/mpeg', 'audio/amr', 'audio/aac'].includes(declared) && textOf(head) === undefined
	);
}

/** Formats that begin with a mark of their own. */
const MARKS: ReadonlyArray<readonly [mark: string, contentType: string]> = [
	['\xff\xd8\xff', 'image/jpeg'],
	['\x89PNG\r\n\x1a\n', 'image/png'],
	['GIF87a', 'image/gif'],
	['GIF89a', 'image/gif'],
	['\0\0\0\x0cJXL \r\n', 'image/jxl'],
	['\xff\x0a', 'image/jxl'],
	['\0\0\0\x0cjP  \r\n', 'image/jp2'],
	['8BPS\0', 'image/vnd.adobe.photoshop'],
	['\0\0\x01\0', 'image/x-icon'],
	['FUJIFILMCCD-RAW', 'image/x-raw'],
	['IIRO', 'image/x-raw'],
	['IIU\0', 'image/x-raw'],
	['%!PS', 'application/postscript'],
	['{\\rtf', 'application/rtf'],
	['PK\x03\x04', 'application/zip'],
	['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/x-ole-storage'],
	['Rar!\x1a', 'application/x-archive'],
	['7z\xbc\xaf\x27\x1c', 'application/x-archive'],
	['\x1f\x8b\x08', 'application/x-archive'],
	['MThd\0', 'audio/midi'],
	['caff\0\x01', 'audio/x-caf'],
	['RF64', 'audio/x-rf64'],
	['RIFX', 'audio/x-rf64'],
	['\x89PNG\n', 'text/damaged'],
	['\xc2\x89PNG', 'text/damaged'],
	['\xc3\xbf\xc3\x98\xc3\xbf', 'text/damaged'],
	['fLaC', 'audio/flac'],
	['#!AMR', 'audio/amr'],
	['\0\0\x01\xba', 'video/mpeg'],
	['\0\0\x01\xb3', 'video/mpeg'],
	['FLV\x01', 'video/x-flv'],
];

/** Boxes with which a piece of a streamed video begins, and a QuickTime film without a brand. */
const SEGMENT_BOXES: ReadonlySet<string> = new Set(['styp', 'moof', 'sidx']);
const QUICKTIME_BOXES: ReadonlySet<string> = new Set(['wide', 'moov', 'mdat', 'free', 'skip', 'pnot']);

function typeOfBytes(head: Uint8Array, declared: string): string | undefined {
	const text = ascii(head);
	if (text.slice(4, 8) === 'ftyp' && textOf(head) === undefined) return isoMediaType(text, declared);
	if (QUICKTIME_BOXES.has(text.slice(4, 8)) && textOf(head) === undefined) return 'video/quicktime';
	if (SEGMENT_BOXES.has(text.slice(4, 8)) && textOf(head) === undefined) return 'video/x-segment';
	// Titles may stand before FLAC and AAC, too.
	if (/^ID3\p{Cc}/u.test(text))
		return ['audio/flac', 'audio/aac'].includes(declared) ? declared : 'audio/mpeg';
	const marked = MARKS.find(([mark]) => text.startsWith(mark));
	if (marked) return marked[1];
	if (text.startsWith('RIFF')) return RIFF_TYPES.get(text.slice(8, 12));
	// A PDF may have some bytes before its mark (ISO 32000-1, 7.5.2, implementation note).
	if (/%PDF-\d/.test(text.slice(0, 1_024))) return 'application/pdf';
	if (text.startsWith('\x1a\x45\xdf\xa3')) {
		if (declared === 'audio/webm') return declared;
		return text.slice(0, 512).includes('webm') ? 'video/webm' : 'video/x-matroska';
	}
	if (text.startsWith('OggS\0')) {
		// Streams of pictures, Theora's and OGM's, are told by the first pages. A declaration goes by the ending, which sound may have, too.
		if (['\x80theora', '\x01video\0'].some((mark) => text.slice(0, 512).includes(mark))) return 'video/ogg';
		return declared === 'audio/opus' ? declared : 'audio/ogg';
	}
	if (text.startsWith('\x30\x26\xb2\x75')) return declared === 'audio/x-ms-wma' ? declared : 'video/x-ms-wmv';
	if (text.startsWith('FORM') && text.slice(8, 11) === 'AIF') return 'audio/aiff';
	if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return tiffType(text, declared);
	// Two letters are soon found in a text, too; the four bytes behind the size are 0 in a picture.
	if (text.startsWith('BM') && text.slice(6, 10) === '\0\0\0\0') return 'image/bmp';
	const second = head[1] ?? 0;
	// Layer I would begin like a text in UTF-16, and is not in use.
	if (head[0] === 0xff && second >= 0xe0 && (second & 0x06) !== 0x06)
		return (second & 0x06) === 0 ? 'audio/aac' : 'audio/mpeg';
	// What a program that reads bytes as UTF-8 puts in the place of each that is none.
	if (text.slice(0, 16).split('\xef\xbf\xbd').length > 2) return 'text/damaged';
	return markupType(textOf(head) ?? '');
}

/** A camera's raw file is a TIFF with a mark behind its head, or says so by its type. */
function tiffType(text: string, declared: string): string {
	return text.slice(8, 10) === 'CR' || /raw|dng|nef|cr2|arw/.test(declared) ? 'image/x-raw' : 'image/tiff';
}

/** By the first element, whatever stands before it: a declaration, comments, a document type with definitions of its own. */
function markupType(text: string): string | undefined {
	let rest = text.trimStart();
	let isSvgByType = false;
	for (;;) {
		if (/^<!doctype\s+html/i.test(rest)) return 'text/html';
		const prolog = /^<(?:\?[^>]*\?>|!--|!doctype\b)/i.exec(rest)?.[0];
		if (prolog === undefined) break;
		isSvgByType ||= /^<!doctype\s+svg/i.test(rest);
		const isType = /^<!d/i.test(prolog);
		const end = prolog === '<!--' ? '-->' : isType && /^[^>]*\[/.test(rest) ? ']>' : '>';
		const at = rest.replace(/\]\s+>/, ']>').indexOf(end);
		// A prolog that goes on behind the head.
		if (at < 0) return isSvgByType || rest.includes('<svg') ? 'image/svg+xml' : undefined;
		rest = rest
			.replace(/\]\s+>/, ']>')
			.slice(at + end.length)
			.trimStart();
	}
	if (isSvgByType || /^<(?:\w+:)?svg[\s>]/i.test(rest)) return 'image/svg+xml';
	return /^<(?:html|head|body)[\s>]/i.test(rest) ? 'text/html' : undefined;
}

const RIFF_TYPES: ReadonlyMap<string, string> = new Map([
	['WEBP', 'image/webp'],
	['WAVE', 'audio/wav'],
	['AVI ', 'video/x-msvideo'],
]);

const BRAND_TYPES: ReadonlyArray<readonly [brands: readonly string[], contentType: string]> = [
	[['avif', 'avis'], 'image/avif'],
	[['heic', 'heix', 'hevc', 'hevx'], 'image/heic'],
	[['heim', 'heis'], 'image/heif'],
	[['crx '], 'image/x-raw'],
	[['jp2 ', 'jpx '], 'image/jp2'],
];

/** By the brands of an ISO base media file (ISO/IEC 14496-12): the first is the file's own, the others are those that it fits. */
function isoMediaType(text: string, declared: string): string {
	const brand = text.slice(8, 12);
	const own = BRAND_TYPES.find(([brands]) => brands.includes(brand));
	if (own) return own[1];
	if (['mif1', 'msf1'].includes(brand)) {
		if (declared === 'image/avif') return declared;
		const boxLength = Math.min(256, text.charCodeAt(2) * 256 + text.charCodeAt(3));
		const fitting: readonly string[] = text.slice(16, boxLength).match(/[^]{4}/g) ?? [];
		return BRAND_TYPES.find(([brands]) => brands.some((one) => fitting.includes(one)))?.[1] ?? 'image/heif';
	}
	if (brand === 'qt  ') return 'video/quicktime';
	if (/^(?:M4A|M4B|M4P|F4A)/.test(brand) || declared === 'audio/mp4') return 'audio/mp4';
	if (brand.startsWith('3g')) return 'video/3gpp';
	return 'video/mp4';
}

function ascii(bytes: Uint8Array): string {
	return String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
}
