import { PredictionError } from '../PredictionError';
import type { ByteStream } from '../host';
import type { MediaMeasure } from './mediaMeasure';
import { capitalized } from '../words';

/**
 * A new kind begins here: the compiler then names the tables that need a row for it. Those that may do without don't: its limits
 * (below), SUPPORTED_TYPES, TOKENS_A_SECOND in `priceEstimate`, the parts of `messagesInput`, what `analyze` accepts. Its types go
 * into `contentTypes`, what its bytes begin with into `identifyMedia`, its operations into `actions/media/*.operation` and `actions/resources`.
 */
export type MediaKind = 'image' | 'video' | 'audio' | 'document';

export const MEDIA_KIND_NAMES: Readonly<Record<MediaKind, { article: string; one: string; many: string }>> = {
	image: { article: 'an', one: 'image', many: 'images' },
	video: { article: 'a', one: 'video', many: 'videos' },
	audio: { article: 'an', one: 'audio file', many: 'audio files' },
	document: { article: 'a', one: 'PDF document', many: 'PDF documents' },
};

export const MEDIA_KINDS = Object.keys(MEDIA_KIND_NAMES) as readonly MediaKind[];

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
	/** Equal for files with the same bytes, as far as that is known without reading them again. */
	readonly identity: string;
	/** What the first bytes tell of its size or length. */
	readonly measure?: MediaMeasure;
	open(): Promise<Uint8Array | ByteStream>;
}

/** A file that is on the web already: it is handed to the model by its address. */
export interface MediaUrl {
	readonly kind: MediaKind;
	readonly url: string;
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

/** Control characters, and invisible ones but those that join letters and emojis: some turn the direction of text. */
const HOSTILE = /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** A file name as a person knows it, fit for a message and for a table: no folders, at most 255 characters. */
export function cleanFileName(name: string | undefined): string {
	const base = (name ?? '').split(/[\\/]/).at(-1) ?? '';
	return Array.from(base.replace(HOSTILE, '').trim()).slice(0, 255).join('');
}

function megabytes(byteLength: number): string {
	// Rounded up, so that a file just over its limit doesn't read as being at it.
	return (Math.ceil((byteLength / MIB) * 100) / 100).toFixed(2);
}
