/** Bytes from the beginning that are looked at: a photo may have a preview before its size. */
const HEAD_BYTES = 262_144;
/** Of a document that hides all of them. */
const PAGE_BYTES = 60_000;

const PAGE_OR_CONTENT =
	/\/Type\s{0,8}\/Page(?=[^a-z])|<<\s{0,8}(?:\/(?:Filter\s{0,8}\/FlateDecode|Length\s{0,8}\d{1,10}(?:\s\d{1,5}\sR)?)\s{0,8}){2}>>\s{0,8}stream/g;

/** What a file is, as far as its price goes; a fact is missing where the bytes don't tell it. */
export interface MediaMeasure {
	/** Pixels. */
	readonly width?: number;
	readonly height?: number;
	/** Of a recording or a video. */
	readonly seconds?: number;
	/** Of a document. */
	readonly pages?: number;
}

/** Measures a file by its headers, as its bytes pass; those of a video or a document may be anywhere in it. */
export class MediaScan {
	private readonly head: Uint8Array[] = [];
	private headLength = 0;
	/** The end of what has passed, in which a word may have begun. */
	private tail = '';
	private movieSeconds: number | undefined;
	private pages = 0;
	/** Streams of a document that say nothing of themselves: where it hides its pages, these are mostly what they show. */
	private contents = 0;

	/** @param byteLength of the whole file */
	constructor(
		private readonly contentType: string,
		private readonly byteLength: number,
	) {}

	/** Says whether more bytes may tell more. */
	take(chunk: Uint8Array): boolean {
		if (this.headLength < HEAD_BYTES) {
			this.head.push(chunk);
			this.headLength += chunk.length;
		}
		if (/^(?:video|audio)\/(?:mp4|quicktime|3gpp)$/.test(this.contentType)) {
			this.tail = this.findMovieHeader(this.tail + latin1(chunk));
			return this.movieSeconds === undefined;
		}
		if (this.contentType === 'application/pdf') {
			this.tail = this.countPages(this.tail + latin1(chunk));
			return true;
		}
		return this.headLength < HEAD_BYTES;
	}

	measure(): MediaMeasure {
		const { contentType, byteLength, pages, contents } = this;
		const head = Buffer.concat(this.head);
		if (contentType.startsWith('image/')) return pictureSize(latin1(head)) ?? {};
		if (contentType === 'application/pdf')
			return { pages: pages || contents || Math.max(1, Math.round(byteLength / PAGE_BYTES)) };
		const usualBytesASecond = contentType.startsWith('video/') ? 250_000 : 16_000;
		return { seconds: this.toldSeconds() ?? byteLength / usualBytesASecond };
	}

	/** What the bytes tell of the seconds that a recording or a video plays; undefined where they tell nothing. */
	toldSeconds(): number | undefined {
		const head = Buffer.concat(this.head);
		const seconds = this.movieSeconds ?? wavSeconds(head, this.byteLength) ?? flacSeconds(head);
		return seconds !== undefined && seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
	}

	/** Reads the length in `mvhd` (ISO/IEC 14496-12, 8.2.2). @returns what may be the beginning of one */
	private findMovieHeader(text: string): string {
		const at = text.indexOf('mvhd');
		if (at < 0) return text.slice(-3);
		if (at + 36 > text.length) return text.slice(at);
		// Version 1 has times of 64 bits, of which the lower half is enough.
		const isWide = text.charCodeAt(at + 4) === 1;
		const unitsPerSecond = number(text, at + (isWide ? 24 : 16), 4);
		if (unitsPerSecond > 0) this.movieSeconds = number(text, at + (isWide ? 32 : 20), 4) / unitsPerSecond;
		return '';
	}

	/** @returns what may be the beginning of a page */
	private countPages(text: string): string {
		let countedTo = 0;
		for (const { index, 0: found } of text.matchAll(PAGE_OR_CONTENT)) {
			if (found.startsWith('<')) this.contents += 1;
			else this.pages += 1;
			countedTo = index + found.length;
		}
		return text.slice(Math.max(countedTo, text.length - 120));
	}
}

/** What the first bytes tell of a picture or a WAV file. */
export function measureHead(
	head: Uint8Array,
	contentType: string,
	byteLength: number,
): MediaMeasure | undefined {
	if (contentType.startsWith('image/')) return pictureSize(latin1(head));
	const seconds = wavSeconds(head, byteLength);
	return seconds === undefined ? undefined : { seconds };
}

/** Width and height by the header of a PNG, GIF, BMP, WebP, JPEG, AVIF or HEIC picture. */
function pictureSize(text: string): { width: number; height: number } | undefined {
	const size = (at: number, bytes: number, isLittle = false) => ({
		width: number(text, at, bytes, isLittle),
		height: number(text, at + bytes, bytes, isLittle),
	});
	if (text.startsWith('\x89PNG')) return size(16, 4);
	if (text.startsWith('GIF8')) return size(6, 2, true);
	if (text.startsWith('BM')) return size(18, 4, true);
	if (text.startsWith('RIFF')) {
		const form = text.slice(12, 16);
		if (form === 'VP8X') {
			return { width: number(text, 24, 3, true) + 1, height: number(text, 27, 3, true) + 1 };
		}
		if (form === 'VP8L') {
			const bits = number(text, 21, 4, true);
			return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
		}
		return { width: number(text, 26, 2, true) & 0x3fff, height: number(text, 28, 2, true) & 0x3fff };
	}
	if (text.startsWith('\xff\xd8')) return jpegSize(text);
	const ispe = text.indexOf('ispe');
	return ispe < 0 ? undefined : size(ispe + 8, 4);
}

/** By the frame header (ITU-T T.81, B.2.2), past the segments before it. */
function jpegSize(text: string): { width: number; height: number } | undefined {
	for (let at = 2; at + 9 < text.length; ) {
		const marker = text.charCodeAt(at + 1);
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (isFrame) return { height: number(text, at + 5, 2), width: number(text, at + 7, 2) };
		at += text.charCodeAt(at) === 0xff && marker === 0xff ? 1 : 2 + number(text, at + 2, 2);
	}
	return undefined;
}

/** By the first block of a FLAC file, which always is its stream's description (RFC 9639, 8.2). */
function flacSeconds(head: Uint8Array): number | undefined {
	const text = latin1(head.subarray(0, 26));
	if (text.length < 26 || !text.startsWith('fLaC')) return undefined;
	const samples = (text.charCodeAt(21) & 15) * 2 ** 32 + number(text, 22, 4);
	return samples / (number(text, 18, 3) >>> 4);
}

/** Seconds of a WAV file; undefined for another one, and for one whose head does not tell. */
function wavSeconds(head: Uint8Array, byteLength: number): number | undefined {
	const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
	const nameAt = (offset: number): string => String.fromCharCode(...head.subarray(offset, offset + 4));
	if (nameAt(0) !== 'RIFF' || nameAt(8) !== 'WAVE') return undefined;
	let bytesPerSecond = 0;
	for (let offset = 12; offset + 8 <= head.length; ) {
		const size = view.getUint32(offset + 4, true);
		if (nameAt(offset) === 'fmt ' && offset + 20 <= head.length) {
			bytesPerSecond = view.getUint32(offset + 16, true);
		}
		if (nameAt(offset) === 'data') {
			// A recording that was streamed names no size, or one beyond the file.
			const bytes = Math.min(size === 0 ? Infinity : size, byteLength - offset - 8);
			return bytesPerSecond > 0 ? bytes / bytesPerSecond : undefined;
		}
		offset += 8 + size + (size % 2);
	}
	return undefined;
}

function number(text: string, at: number, bytes: number, isLittle = false): number {
	let value = 0;
	for (let index = 0; index < bytes; index++)
		value = value * 256 + (text.charCodeAt(at + (isLittle ? bytes - 1 - index : index)) || 0);
	return value;
}

function latin1(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
