import { createHash } from 'node:crypto';

import { validate, type Schema } from '@cfworker/json-schema';

import { namedOptions } from './chooseOption';
import { isJsonObject, type JsonValue } from './JsonValue';
import { knownFact, type ArrayPosition } from './knownFact';
import type { Subject } from './Subject';

/** Where a value stands in an answer. */
interface Place {
	/** The property's name; an array's for its entries. */
	readonly name: string;
	readonly position?: ArrayPosition;
	readonly isWhole: boolean;
}

/** Puts what is known of the media in the place of drawn values, as far as the schema allows. */
export class KnownValues {
	private readonly lengths = new Map<string, number>();

	constructor(
		private readonly subject: Subject,
		/** Whether optional properties are left out that the media have no such thing for. */
		private readonly leavesOut: boolean,
	) {}

	/**
	 * @param path of the value in the answer, as a JSON pointer
	 * @param drawn a value that fits
	 * @param schema of the value alone
	 */
	at(path: string, drawn: unknown, schema: unknown): unknown {
		const place = this.placeOf(path);
		if (Array.isArray(drawn)) {
			this.lengths.set(path, drawn.length);
			return drawn;
		}
		if (!isJsonObject(schema)) return drawn;
		if (isJsonObject(drawn)) {
			const required = new Set([schema.required].flat());
			const isThere = ([name]: [string, unknown]): boolean =>
				required.has(name) || knownFact(name, this.subject, place.position) !== null;
			return this.leavesOut ? Object.fromEntries(Object.entries(drawn).filter(isThere)) : drawn;
		}
		const candidates = this.candidates(drawn, schema, place);
		return candidates.find((value) => validate(value, schema as Schema, '2020-12', {}).valid) ?? drawn;
	}

	private candidates(drawn: unknown, schema: Record<string, unknown>, place: Place): JsonValue[] {
		const { name, position } = place;
		const fact = knownFact(name, this.subject, position);
		if (Array.isArray(schema.enum)) {
			const named = namedOptions(schema.enum as JsonValue[], this.subject);
			// An entry each for what the media are: entries may have to differ.
			const own = position?.isEntry === true ? named.slice(position.index) : named;
			return fact?.number === undefined ? own : [fact.number, ...own];
		}
		switch (typeof drawn) {
			case 'boolean':
				return fact?.flag === undefined ? [] : [fact.flag];
			case 'number': {
				const known = fact?.number === undefined ? [] : [fact.number, Math.round(fact.number)];
				return [...known, Math.round(drawn * 100) / 100];
			}
			case 'string':
				return this.texts(drawn, schema, place, fact?.text);
			default:
				return [];
		}
	}

	/** Texts that say whose they are, best first; a format or a pattern has none but what is known. */
	private texts(
		drawn: string,
		{ minLength, maxLength, format, pattern }: Record<string, unknown>,
		{ name, isWhole }: Place,
		known: ((maxLength: number) => string) | undefined,
	): string[] {
		const most = typeof maxLength === 'number' ? maxLength : Infinity;
		const least = typeof minLength === 'number' ? minLength : 0;
		const mark = createHash('sha256').update(`${this.subject.seed} ${drawn}`).digest('hex').slice(0, 8);
		const texts = known === undefined ? [] : [known(most)];
		if (format === undefined && pattern === undefined) {
			if (isWhole) texts.push(this.subject.prose, this.subject.sentence(most));
			if (name !== '') texts.push(`Sandbox ${name.slice(0, 40)} ${mark.slice(0, 4)}`);
			texts.push(`Sandbox ${mark}`);
		}
		const longEnough = texts.filter((text) => text.length >= least);
		return [...longEnough, ...texts.map((text) => stretched(text, least, most))];
	}

	private placeOf(path: string): Place {
		const steps = path === '/' ? [] : path.slice(1).split('/');
		let name = '';
		let position: ArrayPosition | undefined;
		for (const [at, step] of steps.entries()) {
			const count = this.lengths.get(`/${steps.slice(0, at).join('/')}`);
			if (count !== undefined) position = { index: Number(step), count, isEntry: true };
			else {
				name = step.replace(/~1/g, '/').replace(/~0/g, '~');
				position &&= { ...position, isEntry: false };
			}
		}
		return { name, position, isWhole: steps.length === 0 };
	}
}

/** The text cut or repeated to a length, in characters as JSON Schema counts them. */
function stretched(text: string, least: number, most: number): string {
	const length = Array.from(text).length;
	const repeated = length < least ? `${text} `.repeat(Math.ceil(least / length)) : text;
	return Array.from(repeated)
		.slice(0, Math.min(most, Math.max(least, length)))
		.join('');
}
