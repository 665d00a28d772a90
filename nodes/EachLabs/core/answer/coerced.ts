import { KEYWORD_TESTS, SchemaCheck, type Finding, type Places, type Schema } from '../schema/SchemaCheck';

const MAX_FINDINGS = 200_000;

/**
 * The value with what does not fit read as it is meant: numbers and booleans that came as text ("12.5", "true"), and null of a
 * field that need not be there, which is left out. So models write what they read, and what they did not find.
 *
 * @returns the value itself where there is nothing of the kind, else a copy
 */
export function coerced(value: unknown, schema: Schema, places: Places): unknown {
	const findings = new SchemaCheck(places).findings(value, schema, MAX_FINDINGS);
	const scalars: Edit[] = findings.flatMap((finding) => {
		const scalar = typeof finding.value === 'string' ? scalarIn(finding.value) : undefined;
		return scalar !== undefined && isMeant(scalar, finding, places) ? [[finding.path, scalar]] : [];
	});
	const nulls: Edit[] = findings
		.filter(
			({ path, keyword, value: found }) =>
				found === null && keyword !== 'false' && typeof path.at(-1) === 'string',
		)
		.map(({ path }) => [path, undefined]);
	if (scalars.length + nulls.length === 0) return value;
	const without = new SchemaCheck(places).findings(edited(value, nulls), schema, MAX_FINDINGS);
	const required = new Set(
		without.flatMap(({ keyword, path }) => (keyword === 'required' ? [path.join('\n')] : [])),
	);
	const edits = [...scalars, ...nulls.filter(([path]) => !required.has(path.join('\n')))];
	return edits.length === 0 ? value : edited(value, edits);
}

/** Where, and what to put there; undefined leaves the field out. */
type Edit = readonly [path: Finding['path'], part: unknown];

function edited(value: unknown, edits: readonly Edit[]): unknown {
	const top: Record<string, unknown> = { value: structuredClone(value) };
	for (const [path, part] of edits) {
		const steps = ['value', ...path];
		const holder = steps
			.slice(0, -1)
			.reduce(
				(whole, key) => whole[key] as Record<string | number, unknown>,
				top as Record<string | number, unknown>,
			);
		const last = steps.at(-1) ?? 'value';
		if (part === undefined) Reflect.deleteProperty(holder, last);
		else holder[last] = part;
	}
	return top.value;
}

/** The number or boolean that a text says. */
function scalarIn(text: string): number | boolean | undefined {
	const word = text.trim();
	if (/^(?:true|false)$/i.test(word)) return word.toLowerCase() === 'true';
	if (!/^-?(?:0|[1-9]\d{0,40})(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?$/.test(word)) return undefined;
	// A thousand or a decimal: nobody can tell.
	if (/^-?[1-9]\d{0,2}\.\d{3}$/.test(word)) return undefined;
	const number = Number(word);
	// A number of too many digits would become another one.
	return Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number))
		? number
		: undefined;
}

function isMeant(scalar: number | boolean, { keyword, schema }: Finding, places: Places): boolean {
	if (keyword === 'anyOf' || keyword === 'oneOf') {
		return new SchemaCheck(places).fits(scalar, { [keyword]: schema[keyword] });
	}
	return SCALAR_KEYWORDS.has(keyword) && KEYWORD_TESTS[keyword]?.(scalar, schema[keyword] as never) === true;
}

const SCALAR_KEYWORDS: ReadonlySet<string> = new Set(['type', 'enum', 'const']);
