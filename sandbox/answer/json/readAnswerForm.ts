import { isJsonSchema, type JsonSchema } from './JsonValue';
import { UnusablePromptError } from './UnusablePromptError';

/** The form that a prompt wants its answer in. */
export interface AnswerForm {
	/** The prompt as it would be about one item and in prose: what precedes the task, and the task. */
	readonly question: string;
	readonly schema: JsonSchema;
	/** Of a request about several items: the files of each, in order. */
	readonly items?: readonly ItemFiles[];
}

/** The first and the last file of an item, counted from 1. An item without files has its last before its first. */
export interface ItemFiles {
	readonly first: number;
	readonly last: number;
	/** What the prompt wants back beside the item's number. */
	readonly tag?: string;
}

const schemaLines =
	/^(?:Answer with JSON only|Answer with one JSON array only)\b[^\n]*\nJSON Schema: ([^\n]*)/m;
const groupLine = /^There are [\d,]+ items, each with its own files\.[^\n]*\n/m;
const filesLine = /^Item \d+(?:, tag ([^\s:]+))?: (?:no file|files? (\d+)(?: to (\d+))?)$/gm;

/**
 * Reads the form out of a prompt, or null when it asks for prose.
 *
 * @throws UnusablePromptError When the schema is none.
 */
export function readAnswerForm(prompt: string): AnswerForm | null {
	const asked = schemaLines.exec(prompt);
	if (asked === null) return null;
	const schema = parseSchema(asked[1] ?? '');
	const before = prompt.slice(0, asked.index).replace(/\n$/, '');
	const group = groupLine.exec(before);
	if (group === null) return { question: before, schema };

	const after = prompt.slice(asked.index + asked[0].length);
	const items = [...after.matchAll(filesLine)].map(([, tag, first, last]) => ({
		...(first === undefined ? { first: 1, last: 0 } : { first: Number(first), last: Number(last ?? first) }),
		...(tag === undefined ? {} : { tag }),
	}));
	const question = before.slice(0, group.index) + before.slice(group.index + group[0].length);
	return { question, schema, items };
}

function parseSchema(text: string): JsonSchema {
	try {
		const parsed: unknown = JSON.parse(text);
		if (isJsonSchema(parsed)) return parsed;
	} catch {
		// It is told below, with its beginning.
	}
	throw new UnusablePromptError(
		'schema_unreadable',
		`The prompt's JSON Schema can't be read: ${text.slice(0, 200)}`,
	);
}
