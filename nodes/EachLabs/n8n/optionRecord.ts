import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { numberIn } from '../core/numberIn';
import { PredictionError } from '../core/PredictionError';
import { written } from '../core/words';
import { filledIn } from './filledIn';
import { readSwitch } from './switches';

/** Everything that the node knows of one option; its name is the key under which the record stands. */
export interface OptionRecord<Value> {
	/** How the option looks in the editor. */
	readonly property: Omit<INodeProperties, 'name'>;
	/**
	 * @param given what the collection holds of it; undefined where the option was not added
	 * @param isAdded whether it was, though its expression may give nothing
	 * @throws {PredictionError} `invalidInput`, naming the option, its value and what it takes
	 */
	read(given: unknown, isAdded?: boolean): Value;
	/** Where the model is told of it; undefined for an option of the node's own. */
	readonly inModel?: ModelPlace<Value>;
}

/** The fields of a model that take an option, and what happens where the model has none of them. */
export interface ModelPlace<Value> {
	/** Best first. */
	readonly fields: readonly string[];
	/** What the prompt says instead, or what such a model can't do, e.g. 'search with Google'. */
	readonly otherwise: { words(value: NonNullable<Value>): string } | { readonly cannot: string };
	/** Whether it is a message of the system's for models that are asked by messages. */
	readonly isInstruction?: boolean;
}

/** What all options say of themselves. */
interface Appearance<Value> {
	readonly displayName: string;
	readonly description: string;
	readonly placeholder?: string;
	readonly inModel?: ModelPlace<Value>;
}

interface NumberForm<Fallback> {
	readonly min: number;
	readonly max: number;
	readonly whole?: boolean;
	/** Named in messages. */
	readonly unit?: 'seconds';
	/** Where the option is not set. */
	readonly fallback: Fallback;
	/** What it begins with when it is added; the fallback unless said. */
	readonly start?: number;
}

export function numberOption<Fallback extends number | undefined>({
	inModel,
	min,
	max,
	whole = false,
	unit,
	fallback,
	start = fallback,
	...appearance
}: Appearance<number | Fallback> & NumberForm<Fallback>): OptionRecord<number | Fallback> {
	return {
		inModel,
		property: {
			...appearance,
			type: 'number',
			typeOptions: { minValue: min, maxValue: max, ...(whole ? { numberPrecision: 0 } : {}) },
			default: start ?? min,
		},
		read: (given) => {
			if (isUnset(given)) return fallback;
			const number = numberIn(given);
			if (number >= min && number <= max && !(whole && !Number.isInteger(number))) return number;
			const shown = typeof given === 'object' ? JSON.stringify(given) : String(given);
			const range = `a ${whole ? 'whole ' : ''}number ${unit ? `of ${unit} ` : ''}from ${written(min)} to ${written(max)}`;
			throw PredictionError.invalidInput(
				`The option '${appearance.displayName}' is ${shown}; it has to be ${range}`,
				`Set it within that range, or remove the option${fallback === undefined ? '' : ` to use ${written(fallback)}`}.`,
			);
		},
	};
}

/** Gives the text without blanks around it; undefined for none. */
export function textOption({
	inModel,
	rows,
	...appearance
}: Appearance<string | undefined> & { readonly rows?: number }): OptionRecord<string | undefined> {
	return {
		inModel,
		property: { ...appearance, type: 'string', ...(rows && { typeOptions: { rows } }), default: '' },
		read: (given) => {
			if (isUnset(given)) return undefined;
			if (typeof given !== 'string') {
				throw PredictionError.invalidInput(
					`The option '${appearance.displayName}' is not a text but ${JSON.stringify(given)}`,
					'Check its expression, or remove the option.',
				);
			}
			const text = given.trim();
			return text === '' ? undefined : filledIn(text, `option '${appearance.displayName}'`);
		},
	};
}

/**
 * On when it is added: nobody adds a switch to leave it off.
 *
 * @param isOnElse whether it is on where it was not added, too
 */
export function switchOption(
	{ inModel, ...appearance }: Appearance<boolean>,
	isOnElse = false,
): OptionRecord<boolean> {
	return {
		inModel,
		property: { ...appearance, type: 'boolean', default: true },
		read: (given) => readSwitch(given, isOnElse, `option '${appearance.displayName}'`),
	};
}

/** One of a few words; the values of `choices` in the order in which messages name them. */
export function choiceOption<Choice extends string>({
	inModel,
	choices,
	start,
	...appearance
}: Appearance<Choice | undefined> & {
	readonly choices: ReadonlyArray<INodePropertyOptions & { readonly value: Choice }>;
	readonly start: Choice;
}): OptionRecord<Choice | undefined> {
	return {
		inModel,
		property: { ...appearance, type: 'options', options: [...choices], default: start },
		read: (given) => {
			if (isUnset(given)) return undefined;
			const chosen = choices.find(({ value }) => value === given)?.value;
			if (chosen !== undefined) return chosen;
			const values = choices.map(({ value }) => value);
			throw PredictionError.invalidInput(
				`The option '${appearance.displayName}' is ${JSON.stringify(given)}; it has to be ${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`,
				'Choose one of these, or remove the option.',
			);
		},
	};
}

/** @param read gets the JSON as it was given: text, or what an expression gave */
export function jsonOption<Value>(
	{ inModel, start, ...appearance }: Appearance<Value> & { readonly start: string },
	read: (given: unknown) => Value,
): OptionRecord<Value> {
	return { inModel, property: { ...appearance, type: 'json', default: start }, read };
}

function isUnset(given: unknown): given is undefined | null | '' {
	return given === undefined || given === null || given === '';
}
