import type { Model } from '../api/shapes';
import type { PredictionError } from '../PredictionError';
import { nameInnerModel } from './messagesInput';
import { schemaFields, type SchemaField } from './modelFields';

/** The `input` of one prediction, while it is put into the fields that the model's schema has. */
export class ModelInput {
	readonly fields: readonly SchemaField[];
	private readonly values: Record<string, unknown> = {};

	/** @throws {PredictionError} `modelUnavailable` where the model's fields are not known */
	constructor(private readonly model: Model) {
		this.fields = schemaFields(model);
	}

	fieldOf(name: string): SchemaField | undefined {
		return this.fields.find((field) => field.name === name);
	}

	set(name: string, value: unknown): void {
		this.values[name] = value;
	}

	/** Whether the model takes a field of this name. */
	takes(name: string): boolean {
		if (name === '__proto__') return false;
		return this.model.requestSchema?.['additionalProperties'] === true || this.fieldOf(name) !== undefined;
	}

	/**
	 * Puts the address of a file into a field, behind those that are there.
	 *
	 * @param tooMany what is thrown where the field has no room: of how many there are, and how many may be; 1 for a single value
	 */
	place(
		{ name, isArray, maxItems = Infinity }: SchemaField,
		url: string,
		tooMany: (count: number, limit: number) => PredictionError,
	): void {
		const before = Object.hasOwn(this.values, name) ? (this.values[name] ?? []) : [];
		const urls: unknown[] = [...[before].flat(), url];
		const limit = isArray ? maxItems : 1;
		if (urls.length > limit) throw tooMany(urls.length, limit);
		this.values[name] = isArray ? urls : url;
	}

	/** Names of fields that the model demands, and that are neither filled nor have a value of their own. */
	get unfilled(): string[] {
		const required = this.model.requestSchema?.['required'];
		const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
		const isFilled = (name: string): boolean =>
			Object.hasOwn(this.values, name) && this.values[name] !== undefined;
		return names.filter((name) => !isFilled(name) && this.fieldOf(name)?.schema['default'] === undefined);
	}

	/**
	 * @param missing what is thrown where the model demands more
	 * @throws {PredictionError} also where the router is not told which of its models is to answer
	 */
	finished(missing: (names: readonly string[]) => PredictionError): Record<string, unknown> {
		nameInnerModel(this.model, this.values);
		const { unfilled } = this;
		if (unfilled.length > 0) throw missing(unfilled);
		return this.values;
	}
}
