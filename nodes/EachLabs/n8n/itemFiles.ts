import type { IExecuteFunctions } from 'n8n-workflow';

import { PredictionError } from '../core/PredictionError';
import { isFileData, isFileLike, readGivenFile, type GivenFile } from './givenFile';
import { HostBinaryFile, type FileReading } from './HostBinaryFile';
import { isRecord } from '../core/json';

/** An input item whose files are asked for. */
export interface FileContext {
	readonly functions: IExecuteFunctions;
	readonly itemIndex: number;
	readonly session: { readonly fileReading: FileReading };
}

/** The files that the parameter 'Input Data Field Name(s)' asks for. */
export interface AskedFiles {
	readonly files: readonly HostBinaryFile[];
	/** Whether all files of the item are asked for, so that some may be of a kind that is not read. */
	readonly isAll: boolean;
	/** Files of the item that are not asked for. */
	readonly others: readonly HostBinaryFile[];
	/** What stands among the item's files and is none, by its field; only where all are asked for. */
	readonly noFiles: ReadonlyArray<{ readonly fieldName: string; readonly what: string }>;
}

const CODE_NODE =
	"Look at the node that made the item. A Code node gives a file as an object with data (the bytes as base64), mimeType and fileName, e.g. binary: { data: { data: '/9j/4AAQ…', mimeType: 'image/jpeg', fileName: 'photo.jpg' } }.";
/** What stands beside `data` where a Code node gave the parts of a file as fields. */
const PARTS_OF_A_FILE: ReadonlySet<string> = new Set([
	'mimeType',
	'fileName',
	'fileExtension',
	'fileSize',
	'fileType',
	'directory',
	'id',
	'bytes',
]);

/**
 * The files that a parameter value asks for: a field's name or path, several by comma or as a list, `*` for every field, the
 * file itself as an expression gives it, or a list of such.
 *
 * Items have their files in `binary`, or, by the workflow's setting, in `json._files`; both are read.
 *
 * @throws {PredictionError} `invalidInput`, naming the fields that there are
 */
export function askedFiles(context: FileContext, asked: unknown): AskedFiles {
	const fields = fieldsOf(context);
	const fileOf = (fieldName: string | undefined, given: GivenFile): HostBinaryFile =>
		new HostBinaryFile(context.functions, context.session.fileReading, fieldName, given);
	const names = namesIn(asked);
	if (names?.includes('*')) {
		const given = [...fields]
			.filter(([name, value]) => !(PARTS_OF_A_FILE.has(name) && typeof value !== 'object'))
			.map(([name, value]) => ({ name, given: readGivenFile(value) }));
		return {
			files: given.flatMap(({ name, given: file }) => (typeof file === 'string' ? [] : [fileOf(name, file)])),
			isAll: true,
			others: [],
			noFiles: given.flatMap(({ name, given: what }) =>
				typeof what === 'string' ? [{ fieldName: name, what }] : [],
			),
		};
	}
	const found = names ? namedFiles(context, fields, names) : givenFiles(asked, fields);
	const files = found.map(({ name, given }) => fileOf(name, given));
	const taken = new Set(files.map(({ fieldName }) => fieldName));
	const others = [...fields].flatMap(([name, value]) => {
		const given = taken.has(name) || !isFileLike(value) ? 'taken' : readGivenFile(value);
		return typeof given === 'string' ? [] : [fileOf(name, given)];
	});
	return { files, isAll: false, others, noFiles: [] };
}

/** Whether an item has any file. */
export function hasFiles(context: FileContext): boolean {
	return fieldsOf(context).size > 0;
}

function fieldsOf({ functions, itemIndex }: FileContext): Map<string, unknown> {
	const { binary, json } = functions.getInputData()[itemIndex] ?? {};
	const combined: unknown = (json as Record<string, unknown> | undefined)?.['_files'];
	const inJson = isRecord(combined) ? Object.entries(combined).filter(([, value]) => isFileLike(value)) : [];
	return new Map<string, unknown>([...inJson, ...Object.entries(isRecord(binary) ? binary : {})]);
}

/** The names in a text or in a list of texts; undefined where files themselves are given. */
function namesIn(asked: unknown): string[] | undefined {
	const entries = Array.isArray(asked)
		? asked.filter((entry) => entry !== null && entry !== undefined)
		: [asked];
	if (Array.isArray(asked) && entries.length === 0) throw emptyParameter();
	if (!entries.every((entry) => typeof entry === 'string')) return undefined;
	const names = Array.isArray(asked)
		? entries.map((name) => name.trim())
		: (entries[0] ?? '').split(',').map((name) => name.trim());
	for (const text of Array.isArray(asked) ? names : entries) checkNoData(text);
	const given = names.filter((name) => name !== '');
	if (given.length === 0) throw emptyParameter();
	return [...new Set(given)];
}

/** @param what follows the parameter's name */
function unfitParameter(what: string, remedy: string): PredictionError {
	return PredictionError.invalidInput(`The parameter 'Input Data Field Name(s)' ${what}`, remedy);
}

function emptyParameter(): PredictionError {
	return unfitParameter('is empty', 'Write the name of the binary field, e.g. data, or * for all.');
}

function checkNoData(text: string): void {
	if (text.includes('[object '))
		throw unfitParameter(
			"holds '[object Object]': a file of an expression that stands beside other text",
			'Leave only the expression in the field, e.g. {{ $binary.data }}, or write the name of the binary field, e.g. data.',
		);
	if (text.includes('{{'))
		throw unfitParameter(
			'holds an expression as plain text',
			"Switch the field from 'Fixed' to 'Expression', or write the name of the binary field, e.g. data.",
		);
	if (isFileData(text) || text.length > 1_000)
		throw unfitParameter(
			'holds the data of a file where the name of a field belongs',
			"Write the name of the binary field, e.g. data, without an expression. Data in a text become a file with n8n's node 'Convert to File', operation 'Move Base64 String to File'.",
		);
}

interface NamedFile {
	readonly name: string | undefined;
	readonly given: GivenFile;
}

function namedFiles(
	context: FileContext,
	fields: ReadonlyMap<string, unknown>,
	names: readonly string[],
): NamedFile[] {
	const whole = names.join(',');
	return (fields.has(whole) ? [whole] : names).map((name) => {
		const { isThere, field, value } = fieldOf(context, fields, name);
		if (!isThere) throw noSuchField(context, fields, name);
		const given = readGivenFile(value);
		if (typeof given !== 'string') return { name: field, given };
		throw PredictionError.invalidInput(
			`The binary field '${field}' holds ${given} where a file belongs`,
			CODE_NODE,
		);
	});
}

function fieldOf(
	{ functions, itemIndex }: FileContext,
	fields: ReadonlyMap<string, unknown>,
	name: string,
): { readonly isThere: boolean; readonly field: string; readonly value?: unknown } {
	// As somebody writes it who has an expression in mind.
	const bare = name.replace(/^(?:\$?(?:json|binary)\.)?(?:_files\.)?/, '');
	for (const field of [name, bare])
		if (fields.has(field)) return { isThere: true, field, value: fields.get(field) };
	const path = name.replace(/^\$?json\./, '').match(/[^.[\]'"]+/g) ?? [];
	let value: unknown = functions.getInputData()[itemIndex]?.json;
	for (const key of path)
		value =
			typeof value === 'object' && value !== null && Object.hasOwn(value, key)
				? (value as Record<string, unknown>)[key]
				: undefined;
	return { isThere: isFileLike(value), field: name, value };
}

function noSuchField(
	{ functions, itemIndex }: FileContext,
	fields: ReadonlyMap<string, unknown>,
	name: string,
): PredictionError {
	const there = [...fields.keys()].slice(0, 20);
	return PredictionError.invalidInput(
		`The item has no binary field '${name}'${there.length === 0 ? ', nor any other' : `; it has: ${there.join(', ')}`}`,
		there.length === 0
			? `This node needs a file from the node before it, e.g. from 'Read/Write Files from Disk' or 'HTTP Request' (response format: file).${functions.getNodeParameter('inputType', itemIndex, '') === '' ? '' : " For files that are on the web, set 'Input Type' to their URLs."}`
			: "Set 'Input Data Field Name(s)' to one of these, to several by comma, or to * for all.",
	);
}

/** Files as an expression gives them: one, a list, or all of an item by their fields. */
function givenFiles(asked: unknown, fields: ReadonlyMap<string, unknown>): NamedFile[] {
	if (Array.isArray(asked)) {
		const entries = asked.filter((entry) => entry !== null && entry !== undefined);
		return entries.flatMap((entry) => givenFiles(entry, fields));
	}
	if (typeof asked === 'string' && fields.has(asked)) return givenFiles(fields.get(asked), fields);
	if (isBare(asked)) return [withItsBytes(asked, fields)];
	const given = readGivenFile(asked);
	if (typeof given !== 'string') {
		const same = [...fields].find(
			([, value]) =>
				value === asked || (given.id !== undefined && isRecord(value) && value['id'] === given.id),
		);
		return [{ name: same?.[0], given }];
	}
	const inside = isRecord(asked) ? Object.entries(asked) : [];
	if (inside.length > 0 && inside.every(([, value]) => isFileLike(value) || isBare(value))) {
		return inside.flatMap(([name, value]) =>
			givenFiles(value, fields.has(name) ? new Map([[name, fields.get(name)]]) : fields),
		);
	}
	throw unfitParameter(
		`holds ${given} where the name of a field or a file belongs`,
		'Write the name of the binary field, e.g. data, or an expression that gives a file, e.g. {{ $binary.data }}.',
	);
}

/** A file as n8n gives it to an expression where it keeps files in memory: everything but its bytes. */
function isBare(value: unknown): value is Record<string, unknown> {
	return isRecord(value) && typeof value['mimeType'] === 'string' && !('data' in value) && !('id' in value);
}

/** The one file of the item that a bare one describes; of several, they must have the same bytes. */
function withItsBytes(bare: Record<string, unknown>, fields: ReadonlyMap<string, unknown>): NamedFile {
	const facts = Object.entries(bare);
	const alike = [...fields].filter(
		([, value]) => isRecord(value) && facts.every(([key, fact]) => value[key] === fact),
	);
	const [first] = alike;
	const given = first && readGivenFile(first[1]);
	const isOne = new Set(alike.map(([, value]) => (value as Record<string, unknown>)['data'])).size === 1;
	if (first && isOne && typeof given === 'object') return { name: first[0], given };
	throw unfitParameter(
		'holds a file without its bytes: this n8n keeps files in memory, and gives their bytes to no expression',
		"Write the name of the binary field, e.g. data. The file of an earlier step is {{ $('Name of the step').item.binary.data }}.",
	);
}
