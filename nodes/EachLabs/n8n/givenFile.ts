import { isRecord } from '../core/json';
import { textOf } from '../core/media/textFiles';

/** A file as an item holds it. */
export interface GivenFile {
	/** By which n8n finds the bytes; undefined where they stand in the item itself. */
	readonly id: string | undefined;
	/** The bytes of a file without an id. */
	readonly bytes: () => Uint8Array;
	readonly fileName: string;
	/** '' where none is said. */
	readonly mimeType: string;
}

/** What n8n writes in the place of a file's bytes where it keeps them elsewhere. */
const STORE_NAMES: ReadonlySet<string> = new Set([
	'filesystem',
	'filesystem-v2',
	's3',
	'azure',
	'database',
	'object',
]);
/** Characters of a text that are looked at; one that begins as base64 is base64. */
const LOOKED_AT = 4_096;
/** A shorter text may be a word. */
const MIN_BASE64_CHARACTERS = 40;
const QUOTED_CHARACTERS = 40;

/**
 * The file in a value where a file belongs, in whatever shape a node or the author of a Code node gives it.
 *
 * @returns in words what is there instead, where it is none
 */
export function readGivenFile(value: unknown): GivenFile | string {
	if (value === undefined || value === null) return 'nothing';
	if (typeof value === 'string') return fileInText(value);
	const bytes = bytesIn(value);
	if (bytes) return { id: undefined, bytes: () => bytes, fileName: '', mimeType: '' };
	if (Array.isArray(value)) return 'a list';
	if (typeof value !== 'object') return `a ${typeof value}`;
	const { id, data, fileName, mimeType } = value as Record<string, unknown>;
	const named = { fileName: wordOf(fileName), mimeType: wordOf(mimeType) };
	if (typeof id === 'string' && id !== '') return { ...named, id, bytes: () => new Uint8Array(0) };
	const dataBytes = bytesIn(data);
	if (dataBytes) return { ...named, id: undefined, bytes: () => dataBytes };
	if (typeof data !== 'string') {
		const keys = Object.keys(value).slice(0, 10);
		return `an object without the bytes of a file (${keys.length === 0 ? 'it is empty' : `it has: ${keys.join(', ')}`})`;
	}
	if (STORE_NAMES.has(data)) return "a file without its 'id', by which n8n finds the bytes";
	if (data !== '' && !isBase64(data)) {
		const inner = dataUri(data);
		if (!inner) return `a file whose 'data' is the text '${quoted(data)}', not base64`;
		return {
			...named,
			mimeType: named.mimeType || inner.mimeType,
			id: undefined,
			bytes: () => decoded(inner.base64),
		};
	}
	return { ...named, id: undefined, bytes: () => decoded(data) };
}

/** Whether a value of an item's JSON, or of an expression, is meant to be a file. */
export function isFileLike(value: unknown): boolean {
	if (!isRecord(value)) return false;
	if (bytesIn(value)) return true;
	const { id, data, mimeType } = value;
	if (typeof id === 'string' && typeof mimeType === 'string') return true;
	return (
		(typeof data === 'string' &&
			(data === '' || isBase64(data) || STORE_NAMES.has(data) || dataUri(data) !== undefined)) ||
		bytesIn(data) !== undefined
	);
}

/** Whether a text is the data of a file where the name of a field belongs. */
export function isFileData(text: string): boolean {
	return dataUri(text) !== undefined || (text.length >= 200 && isBase64(text));
}

function fileInText(value: string): GivenFile | string {
	const inner = dataUri(value);
	const base64 = inner?.base64 ?? value;
	if (base64.length < MIN_BASE64_CHARACTERS || !isBase64(base64)) return `the text '${quoted(value)}'`;
	const begin = decoded(base64.slice(0, LOOKED_AT));
	// A long word is base64, too, by its letters alone.
	if (!inner && textOf(begin.subarray(0, 24)) !== undefined && !/^(?:JVBERi|R0lGOD)/.test(base64))
		return `the text '${quoted(value)}'`;
	return {
		id: undefined,
		bytes: () => decoded(base64),
		fileName: '',
		mimeType: inner?.mimeType ?? '',
	};
}

/** Bytes themselves, also as a `Buffer` becomes in JSON. */
function bytesIn(value: unknown): Uint8Array | undefined {
	if (value instanceof Uint8Array) return value;
	if (typeof value !== 'object' || value === null) return undefined;
	const { type, data } = value as Record<string, unknown>;
	return type === 'Buffer' && Array.isArray(data) ? Uint8Array.from(data as number[]) : undefined;
}

function isBase64(text: string): boolean {
	return /^[A-Za-z0-9+/_\-\s]+={0,2}\s*$/.test(text.slice(0, LOOKED_AT));
}

function dataUri(text: string): { readonly mimeType: string; readonly base64: string } | undefined {
	const begin = /^\s*data:([a-z0-9.+/-]*)(?:;[a-z0-9=.-]+)*;base64,/i.exec(text.slice(0, 300));
	return begin ? { mimeType: begin[1] ?? '', base64: text.slice(begin[0].length) } : undefined;
}

function decoded(base64: string): Uint8Array {
	return Buffer.from(base64, 'base64');
}

function wordOf(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function quoted(text: string): string {
	const line = text
		.slice(0, 500)
		.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
		.trim();
	return `${Array.from(line).slice(0, QUOTED_CHARACTERS).join('')}${line.length > QUOTED_CHARACTERS ? '…' : ''}`;
}
