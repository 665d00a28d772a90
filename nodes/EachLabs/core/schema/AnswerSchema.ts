import { acceptedSchema, looksLikeSchema, type AcceptedSchema } from './acceptedSchema';
import { complaint, complaintsOf } from './complaints';
import { jsonOf, jsonText, type JsonObject } from './jsonCopy';
import { Faults } from './Faults';
import { SchemaCheck, type Places, type Schema } from './SchemaCheck';
import { isRecord } from '../json';

const MAX_COMPLAINTS = 20;
/** Schemas that are kept, so that the items of a run that have the same one read it once. */
const MAX_KEPT = 50;

const kept = new Map<string, AnswerSchema>();

/**
 * A JSON Schema that an answer must fit, in the words that models' structured output knows. To check a value takes bounded
 * time, whatever the value.
 */
export class AnswerSchema {
	/** The form that values are held against, with the schemas in it by place. */
	get form(): { readonly root: Schema; readonly places: Places } {
		return this.accepted;
	}

	/** As the user wrote it; to be put into the prompt. */
	readonly schema: Readonly<Record<string, unknown>>;
	private readonly accepted: AcceptedSchema;

	private constructor(schema: unknown, label: string, faults = new Faults(label)) {
		this.accepted = acceptedSchema(schema, faults);
		this.schema = deeplyFrozen(this.accepted.written);
	}

	/**
	 * @param label what the user calls the schema, as it begins a sentence, e.g. "The 'Input Schema'"
	 * @throws {PredictionError} invalidInput: everything that is wrong with the schema, where, and what to do
	 */
	static fromJsonSchema(schema: unknown, label: string): AnswerSchema {
		const text = jsonText(schema, label);
		const known = text === undefined ? undefined : kept.get(text);
		if (known) return known;
		const faults = new Faults(label);
		const made = new AnswerSchema(text === undefined ? undefined : jsonOf(text, faults), label, faults);
		if (text !== undefined) kept.set(text, made);
		const [oldest] = kept.keys();
		if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
		return made;
	}

	/**
	 * The schema of an example, as n8n's Information Extractor makes it: every field is required, a list's entries are like
	 * its first one, and null stands for anything.
	 *
	 * @param label what the user calls the example, as it begins a sentence
	 * @throws {PredictionError} invalidInput: what is wrong with the example, and what to do
	 */
	static fromExample(example: unknown, label: string): AnswerSchema {
		const faults = new Faults(label);
		if (typeof example !== 'object' || example === null) {
			faults.add(
				'it is no JSON object or list',
				'Give an example of what you want, e.g. { "color": "red", "price": 12.5 }.',
			);
		} else if (looksLikeSchema(example)) {
			faults.add(
				'it is a JSON Schema, not an example',
				"Choose 'Define Using JSON Schema' as 'Schema Type', and put it there.",
			);
		}
		if (!faults.isEmpty) throw faults.refusal();
		const copy = jsonOf(jsonText(example, label) ?? '{}', faults);
		if (!faults.isEmpty) throw faults.refusal();
		return AnswerSchema.fromJsonSchema(schemaOf(copy), label);
	}

	/**
	 * What does not fit: [] where everything does, else at most 20 complaints of at most 200 characters, each with the place
	 * in the value, what must be there and what is, in words that do for a model and for a person.
	 */
	complaints(value: unknown): string[] {
		const { root, places } = this.accepted;
		const check = new SchemaCheck(places);
		const said = complaintsOf(check.findings(value, root, MAX_COMPLAINTS), places);
		if (said.length > 0 || !check.isGivenUp) return said;
		return [complaint([], 'is too large, or too much nested, to be checked against the schema')];
	}
}

function schemaOf(example: unknown): JsonObject {
	if (example === null) return {};
	if (Array.isArray(example)) {
		return example.length === 0 ? { type: 'array' } : { type: 'array', items: schemaOf(example[0]) };
	}
	if (!isRecord(example)) return { type: typeof example };
	const properties = Object.entries(example).map(([name, field]) => [name, schemaOf(field)] as const);
	return { type: 'object', properties: Object.fromEntries(properties), required: Object.keys(example) };
}

function deeplyFrozen(value: JsonObject): JsonObject {
	for (const part of Object.values(value)) {
		if (typeof part === 'object' && part !== null) deeplyFrozen(part as JsonObject);
	}
	return Object.freeze(value);
}
