import { PredictionError } from '../PredictionError';
import type { ByteStream } from '../host';

export type MediaKind = 'image' | 'video' | 'audio' | 'document';

export const MEDIA_KIND_NAMES: Readonly<Record<MediaKind, { article: string; one: string; many: string }>> = {
	image: { article: 'an', one: 'image', many: 'images' },
	video: { article: 'a', one: 'video', many: 'videos' },
	audio: { article: 'an', one: 'audio file', many: 'audio files' },
	document: { article: 'a', one: 'PDF document', many: 'PDF documents' },
};

const MIB = 1_048_576;
/** Limits that the model's page gives, in bytes and media a request. */
export const MAX_IMAGE_BYTES = 7 * MIB;
export const MAX_FILE_BYTES = 100 * MIB;
export const MAX_MEDIA_PER_REQUEST: Readonly<Partial<Record<MediaKind, number>>> = {
	image: 3_000,
	video: 10,
};

/** A file to be uploaded. `open` may be called again and again, and gives the same bytes each time. */
export interface MediaFile {
	readonly kind: MediaKind;
	/** For messages only; cleaned of control characters and folders. */
	readonly name: string;
	/** MIME type without parameters, as the bytes say it where they do. */
	readonly contentType: string;
	readonly byteLength: number;
	/** Equal for files that the host knows to be the same; undefined where it can't tell. */
	readonly identity?: string;
	open(): Promise<Uint8Array | ByteStream>;
}

/** A file that is on the web already: it is handed to the model by its address. */
export interface MediaUrl {
	readonly kind: MediaKind;
	readonly url: string;
}

export type Media = MediaFile | MediaUrl;

export function isMediaFile(media: Media): media is MediaFile {
	return 'open' in media;
}

const SUPPORTED_TYPES: ReadonlyMap<string, MediaKind> = new Map<string, MediaKind>([
	...['jpeg', 'png', 'webp', 'gif', 'bmp', 'heic', 'heif', 'avif'].map(
		(type) => [`image/${type}`, 'image'] as const,
	),
	...['mp4', 'quicktime', 'webm', 'mpeg', 'x-msvideo', 'x-flv', 'x-ms-wmv', '3gpp', 'x-matroska'].map(
		(type) => [`video/${type}`, 'video'] as const,
	),
	...['wav', 'mpeg', 'mp4', 'aac', 'ogg', 'flac', 'aiff', 'webm', 'opus', 'amr'].map(
		(type) => [`audio/${type}`, 'audio'] as const,
	),
	['application/pdf', 'document'],
]);

const TYPE_ALIASES: ReadonlyMap<string, string> = new Map([
	['image/jpg', 'image/jpeg'],
	['image/pjpeg', 'image/jpeg'],
	['image/x-png', 'image/png'],
	['image/x-ms-bmp', 'image/bmp'],
	['video/avi', 'video/x-msvideo'],
	['video/mov', 'video/quicktime'],
	['video/mpg', 'video/mpeg'],
	['video/wmv', 'video/x-ms-wmv'],
	['video/x-m4v', 'video/mp4'],
	['video/mkv', 'video/x-matroska'],
	['audio/x-wav', 'audio/wav'],
	['audio/wave', 'audio/wav'],
	['audio/vnd.wave', 'audio/wav'],
	['audio/mp3', 'audio/mpeg'],
	['audio/x-m4a', 'audio/mp4'],
	['audio/m4a', 'audio/mp4'],
	['audio/x-aac', 'audio/aac'],
	['audio/x-flac', 'audio/flac'],
	['audio/x-aiff', 'audio/aiff'],
	['application/ogg', 'audio/ogg'],
	['application/x-pdf', 'application/pdf'],
]);

/** How a user calls what can't be read. */
const UNREADABLE_TYPES: ReadonlyMap<string, string> = new Map([
	['image/svg+xml', 'an SVG drawing'],
	['image/tiff', 'a TIFF image'],
	['text/html', 'a web page'],
]);

const UNKNOWN_TYPES: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

/** How many bytes of a file's beginning tell its format. */
export const HEAD_BYTES = 512;

/**
 * What kind of medium a file is, decided by its first bytes, and by its declared MIME type only where the bytes don't tell.
 *
 * @param head the first `HEAD_BYTES` bytes, or all of a shorter file
 * @param label names the file in messages, e.g. "the file 'a.png' in binary field 'data'"
 * @throws {PredictionError} `invalidInput` for a format that the models don't read
 */
export function identifyMedia(
	head: Uint8Array,
	declaredType: string,
	label: string,
): { kind: MediaKind; contentType: string } {
	const declared = cleanContentType(declaredType);
	const found = typeOfBytes(head, declared);
	const contentType = found ?? declared;
	const kind = SUPPORTED_TYPES.get(contentType);
	if (kind === undefined || (found === undefined && !trustedWithoutSignature(declared, head))) {
		const isKnownType = !UNKNOWN_TYPES.has(declared);
		const isOtherType = found === undefined && kind === undefined && isKnownType && !looksLikeText(head);
		const what =
			UNREADABLE_TYPES.get(found ?? '') ??
			found ??
			(looksLikeText(head)
				? 'text'
				: isOtherType
					? `a file of type ${declared}`
					: isKnownType
						? undefined
						: 'data of an unknown format');
		const isNews = declared !== found && isKnownType && !isOtherType;
		throw PredictionError.invalidInput(
			what === undefined
				? `${capitalized(label)} is declared as ${declared}, but its content is not of that format`
				: `${capitalized(label)} holds ${what}${isNews ? ` (declared as ${declared})` : ''}, which the model can't read`,
			found === 'image/svg+xml' || found === 'image/tiff'
				? 'Convert it to PNG or JPEG first, then try again.'
				: 'Use JPEG, PNG, WebP, GIF, BMP, HEIC or AVIF images, MP4, MOV, WebM or AVI videos, WAV, MP3, M4A, OGG, FLAC or AAC audio, or PDF documents. Often a download gave a web page with a notice in place of the file: look at the node before this one.',
		);
	}
	return { kind, contentType };
}

/** The kind of medium that a MIME type (as `cleanContentType` gives it) stands for; undefined for what the models don't read. */
export function kindOfType(contentType: string): MediaKind | undefined {
	return SUPPORTED_TYPES.get(contentType);
}

/** Refuses a file that is empty or over the size limit of its kind. */
export function checkFileSize(kind: MediaKind, byteLength: number, label: string): void {
	if (byteLength <= 0) {
		throw PredictionError.invalidInput(
			`${capitalized(label)} is empty (0 bytes)`,
			'Look at the node that made the file: it gave a file without content.',
		);
	}
	const limit = kind === 'image' ? MAX_IMAGE_BYTES : MAX_FILE_BYTES;
	if (byteLength > limit) {
		throw PredictionError.invalidInput(
			`${capitalized(label)} has ${megabytes(byteLength)} MB; the limit for ${MEDIA_KIND_NAMES[kind].article} ${MEDIA_KIND_NAMES[kind].one} is ${limit / MIB} MB`,
			kind === 'image'
				? "Make it smaller first, e.g. with n8n's Edit Image node."
				: 'Make it smaller or cut it into parts first.',
		);
	}
}

/** A MIME type in lower case without parameters; anything that is none (a line break in it, say) becomes ''. */
export function cleanContentType(declaredType: string): string {
	const type = declaredType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
	if (!/^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/.test(type)) return '';
	return TYPE_ALIASES.get(type) ?? type;
}

/** A file name fit for a message: no folders, no control characters, at most 120 characters. */
export function cleanFileName(name: string | undefined): string {
	const base = (name ?? '').split(/[\\/]/).at(-1) ?? '';
	// Control characters (Cc) and invisible ones that turn the direction of text (Cf).
	return Array.from(base.replace(/[\p{Cc}\p{Cf}]/gu, '').trim())
		.slice(0, 120)
		.join('');
}

/** Formats that may begin with anything but text, so that only their declared type can tell. */
function trustedWithoutSignature(declared: string, head: Uint8Array): boolean {
	return ['audio/mpeg', 'video/mpeg', 'audio/amr', 'audio/aac'].includes(declared) && !looksLikeText(head);
}

function typeOfBytes(head: Uint8Array, declared: string): string | undefined {
	const text = ascii(head);
	const startsWith = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
	if (startsWith(0xff, 0xd8, 0xff)) return 'image/jpeg';
	if (startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
	if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'image/gif';
	if (text.startsWith('RIFF')) return RIFF_TYPES.get(text.slice(8, 12));
	if (text.slice(4, 8) === 'ftyp') return isoMediaType(text.slice(8, 12), declared);
	// A PDF may have some bytes before its mark (ISO 32000-1, 7.5.2, implementation note).
	if (text.includes('%PDF-')) return 'application/pdf';
	if (startsWith(0x1a, 0x45, 0xdf, 0xa3)) {
		if (declared === 'audio/webm') return declared;
		return text.includes('webm') ? 'video/webm' : 'video/x-matroska';
	}
	if (text.startsWith('ID3')) return 'audio/mpeg';
	if (text.startsWith('OggS')) return declared === 'audio/opus' ? declared : 'audio/ogg';
	if (text.startsWith('fLaC')) return 'audio/flac';
	if (text.startsWith('FORM') && text.slice(8, 11) === 'AIF') return 'audio/aiff';
	if (text.startsWith('#!AMR')) return 'audio/amr';
	if (startsWith(0x00, 0x00, 0x01, 0xba) || startsWith(0x00, 0x00, 0x01, 0xb3)) return 'video/mpeg';
	if (text.startsWith('FLV\x01')) return 'video/x-flv';
	if (startsWith(0x30, 0x26, 0xb2, 0x75)) return 'video/x-ms-wmv';
	if (startsWith(0x49, 0x49, 0x2a, 0x00) || startsWith(0x4d, 0x4d, 0x00, 0x2a)) return 'image/tiff';
	// Two letters are soon found in a text, too; the four bytes behind the size are 0 in a picture.
	if (text.startsWith('BM') && text.slice(6, 10) === '\0\0\0\0') return 'image/bmp';
	const second = head[1] ?? 0;
	// Layer I would begin like a text in UTF-16, and is not in use.
	if (head[0] === 0xff && second >= 0xe0 && (second & 0x06) !== 0x06)
		return (second & 0x06) === 0 ? 'audio/aac' : 'audio/mpeg';
	const opening = text.trimStart().slice(0, 200).toLowerCase();
	if (/^(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)?(<!doctype svg[^>]*>\s*)?<svg[\s>]/.test(opening))
		return 'image/svg+xml';
	if (/^(<!doctype html|<html|<head|<body)/.test(opening)) return 'text/html';
	return undefined;
}

const RIFF_TYPES: ReadonlyMap<string, string> = new Map([
	['WEBP', 'image/webp'],
	['WAVE', 'audio/wav'],
	['AVI ', 'video/x-msvideo'],
]);

/** By the major brand of an ISO base media file (ISO/IEC 14496-12). */
function isoMediaType(brand: string, declared: string): string {
	if (['heic', 'heix', 'hevc', 'hevx'].includes(brand)) return 'image/heic';
	if (['mif1', 'msf1', 'heim', 'heis'].includes(brand))
		return declared === 'image/avif' ? declared : 'image/heif';
	if (brand === 'avif' || brand === 'avis') return 'image/avif';
	if (brand === 'qt  ') return 'video/quicktime';
	if (brand.startsWith('M4A') || brand.startsWith('M4B') || declared === 'audio/mp4') return 'audio/mp4';
	if (brand.startsWith('3gp')) return 'video/3gpp';
	return 'video/mp4';
}

function ascii(bytes: Uint8Array): string {
	return String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
}

function looksLikeText(head: Uint8Array): boolean {
	return (
		head.length > 0 && head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
	);
}

function megabytes(byteLength: number): string {
	// Rounded up, so that a file just over its limit doesn't read as being at it.
	return (Math.ceil((byteLength / MIB) * 100) / 100).toFixed(2);
}

function capitalized(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * The addresses in a text, by comma or line break. A comma separates only where a new address begins behind it, since
 * addresses may hold commas themselves.
 */
export function separateUrls(text: string): string[] {
	return text.split(/\s*\n\s*|\s*,\s+|\s*,(?=[a-z][a-z0-9+.-]{0,20}:)/i);
}
