import { PredictionError } from '../PredictionError';
import { capitalized } from '../words';

/**
 * What a walk through a file needs next: bytes to look at, bytes to pass over, or all bytes up to and with a certain one. A file
 * may end where one begins that `mayEnd`, and may lack so many of those that are passed over.
 */
type Need =
	| { readonly take: number; readonly mayEnd?: boolean }
	| { readonly skip: number; readonly mayLack?: (count: number) => boolean }
	| { readonly skipTo: number };
type Walk = Generator<Need, void, Uint8Array>;

/** With this mark the trailer of Samsung's cameras ends a file. */
const SAMSUNG_TRAILER_END = 'SEFT';

/**
 * Watches the bytes of a file go by, and knows whether they came to their end. JPEG and PNG files have an end of their own, WebP,
 * MP4 and their like tell the lengths of their parts: by these one that was cut off on its way is told. What a camera or a program
 * has put behind it (a film, a second picture, titles) does no harm, nor does an end that a camera has left out before its own
 * trailer: nothing that was cut off has bytes of another kind behind it.
 */
export class TruncationCheck {
	private readonly walk: Walk | undefined;
	private need: Need | undefined;
	private taken = new Uint8Array(0);
	private lastBytes = new Uint8Array(0);

	constructor(contentType: string) {
		this.walk = WALKS.get(contentType)?.();
		this.advance(new Uint8Array(0));
	}

	push(chunk: Uint8Array): void {
		let rest = chunk;
		this.lastBytes = joined(this.lastBytes, chunk.subarray(-4)).slice(-4);
		while (this.need !== undefined && rest.length > 0) rest = this.consume(rest, this.need);
	}

	/**
	 * To be called when all bytes have gone by.
	 *
	 * @param label names the file in messages
	 * @throws {PredictionError} `invalidInput` where the file's end is missing
	 */
	check(label: string): void {
		const { need } = this;
		if (need === undefined || ('mayEnd' in need && need.mayEnd)) return;
		if ('skip' in need && need.mayLack?.(need.skip)) return;
		if (String.fromCharCode(...this.lastBytes) === SAMSUNG_TRAILER_END) return;
		throw PredictionError.invalidInput(
			`${capitalized(label)} is cut off: its end is missing`,
			'The download or upload before this node stopped early. Get the file again.',
		);
	}

	/** Gives the walk as much as it needs of the bytes, and answers the others. */
	private consume(bytes: Uint8Array, need: Need): Uint8Array {
		if ('skip' in need) {
			const count = Math.min(need.skip, bytes.length);
			if (count === need.skip) this.advance();
			else this.need = { ...need, skip: need.skip - count };
			return bytes.subarray(count);
		}
		if ('skipTo' in need) {
			const position = bytes.indexOf(need.skipTo);
			if (position < 0) return new Uint8Array(0);
			this.advance();
			return bytes.subarray(position + 1);
		}
		const count = need.take - this.taken.length;
		this.taken = joined(this.taken, bytes.subarray(0, count));
		if (this.taken.length === need.take) this.advance(this.taken);
		return bytes.subarray(count);
	}

	private advance(taken: Uint8Array = new Uint8Array(0)): void {
		this.taken = new Uint8Array(0);
		this.need = this.walk?.next(taken).value ?? undefined;
	}
}

const WALKS: ReadonlyMap<string, () => Walk> = new Map([
	['image/jpeg', walkJpeg],
	['image/png', walkPng],
	['image/webp', walkRiff],
	...[
		'image/heic',
		'image/heif',
		'image/avif',
		'video/mp4',
		'video/quicktime',
		'video/3gpp',
		'audio/mp4',
	].map((type) => [type, walkBoxes] as const),
]);

/** A mark, then the length of what follows; the byte that fills it up to an even number may be missing. */
function* walkRiff(): Walk {
	yield { skip: 4 };
	const { buffer, byteOffset } = yield { take: 4 };
	const length = new DataView(buffer, byteOffset).getUint32(0, true);
	// Some programs count the eight bytes before the length, too.
	if (length > 1 && length < UNKNOWN_LENGTH) yield { skip: length - 1, mayLack: (count) => count === 7 };
}

/** What a program writes that does not know the length yet. */
const UNKNOWN_LENGTH = 0x7f000000;

/** Boxes of a length, a name and content (ISO/IEC 14496-12, 4.2). What has no such name is not of the film any more: titles, a trailer. */
function* walkBoxes(): Walk {
	for (;;) {
		const head = yield { take: 8, mayEnd: true };
		if (!BOXES.has(String.fromCharCode(...head.subarray(4)))) return;
		const short = new DataView(head.buffer, head.byteOffset).getUint32(0);
		let contentLength = short - 8;
		if (short === 1) {
			const wide = yield { take: 8 };
			contentLength = Number(new DataView(wide.buffer, wide.byteOffset).getBigUint64(0)) - 16;
		}
		// Of length 0 is one that goes on to the end of the file.
		if (contentLength < 0) return;
		// Some programs miscount the last one by a few.
		if (contentLength > 0) yield { skip: contentLength, mayLack: (count) => count < MISCOUNTED_BYTES };
	}
}

const MISCOUNTED_BYTES = 16;
/** Those that stand in no other one, of films, pictures and streams. */
const BOXES: ReadonlySet<string> = new Set([
	...['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'uuid', 'meta', 'udta', 'pdin', 'pnot', 'PICT'],
	...['moof', 'mfra', 'sidx', 'ssix', 'styp', 'emsg', 'prft', 'meco', 'mpvd'],
]);

/** Segments of a marker, a length and content, then the picture's data, up to the end marker (ITU-T T.81, annex B). */
function* walkJpeg(): Walk {
	yield { skip: 2 };
	for (;;) {
		const [first] = yield { take: 1 };
		// No marker where one has to be: not ours to judge.
		if (first !== 0xff) return;
		let code = yield* markerCode();
		while (code === START_OF_SCAN) {
			yield* skipSegment();
			// In the data, 0xff stands for itself when 0x00 follows, and restart markers are a part of it.
			do {
				yield { skipTo: 0xff };
				code = yield* markerCode();
			} while (code === 0x00 || isRestart(code));
			// Bytes of another kind: the picture's data have ended before them, without a mark.
			if (code === START_OF_IMAGE || code < FIRST_MARKER) return;
		}
		if (code === END_OF_IMAGE) return;
		if (!isRestart(code) && code !== TEMPORARY && code !== START_OF_IMAGE) yield* skipSegment();
	}
}

/** Some programs write it twice. */
const START_OF_IMAGE = 0xd8;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const TEMPORARY = 0x01;
/** Codes below are reserved: no encoder writes them. */
const FIRST_MARKER = 0xc0;

function isRestart(code: number): boolean {
	return code >= 0xd0 && code <= 0xd7;
}

/** Any number of 0xff may stand before a marker's code. */
function* markerCode(): Generator<Need, number, Uint8Array> {
	for (;;) {
		const [code = 0] = yield { take: 1 };
		if (code !== 0xff) return code;
	}
}

function* skipSegment(): Walk {
	const [high = 0, low = 0] = yield { take: 2 };
	const contentLength = high * 256 + low - 2;
	if (contentLength > 0) yield { skip: contentLength };
}

/** A signature, then chunks of a length, a type, content and a checksum, the last of them named IEND (ISO/IEC 15948, 5). */
function* walkPng(): Walk {
	yield { skip: 8 };
	for (;;) {
		const head = yield { take: 8 };
		const { buffer, byteOffset } = head;
		const contentLength = new DataView(buffer, byteOffset).getUint32(0);
		yield { skip: contentLength + 4 };
		if (String.fromCharCode(...head.subarray(4)) === 'IEND') return;
	}
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
	const both = new Uint8Array(left.length + right.length);
	both.set(left);
	both.set(right, left.length);
	return both;
}
