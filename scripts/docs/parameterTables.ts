import type { INodeProperties, INodePropertyCollection, NodeParameterValue } from 'n8n-workflow';

import { choicesOf, shownValue } from './shownValue';

/** Conditions that hold wherever the page is about: a node in a workflow, of this resource and operation. */
const OF_THE_OPERATION: ReadonlySet<string> = new Set(['@tool', 'resource', 'operation']);

type Row = readonly [name: string, initial: string, meaning: string];

/** The parameters of an operation as a table in Markdown, and below it one of its options. */
export function parameterTables(fields: readonly INodeProperties[]): string {
	const parameters = fields.filter(
		(field) => !['collection', 'hidden', 'notice'].includes(field.type) && !isForToolsAlone(field),
	);
	const collections = fields.filter(({ type }) => type === 'collection');
	return [
		table('Parameter', parameters, fields),
		...collections.flatMap(({ displayName, placeholder = 'Add', options }) => {
			const one = displayName.replace(/s$/, '');
			const anyOne = `${/^[AEIOU]/.test(one) ? 'an' : 'a'} ${one.toLowerCase()}`;
			return [
				`**${displayName}**, each to be added with _${placeholder}_. The default is what ${anyOne} has when you have just added it.`,
				table(one, options as INodeProperties[], fields),
			];
		}),
	].join('\n\n');
}

function isForToolsAlone({ displayOptions }: INodeProperties): boolean {
	return displayOptions?.show?.['@tool']?.includes(true) ?? false;
}

function table(heading: string, listed: readonly INodeProperties[], all: readonly INodeProperties[]): string {
	const rows = listed.flatMap((field) => rowsOf(field, all));
	const lines = [[heading, 'Default', 'Meaning'], ['---', '---', '---'], ...rows];
	return lines.map((cells) => `| ${cells.map(inCell).join(' | ')} |`).join('\n');
}

function inCell(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** A row for a field, and for a list of entries one more for each field of an entry. */
function rowsOf(field: INodeProperties, all: readonly INodeProperties[], within = ''): Row[] {
	const name = `${within}${field.displayName}`;
	const { description, placeholder = 'Add' } = field;
	const entries =
		field.type === 'fixedCollection'
			? (field.options as INodePropertyCollection[]).flatMap(({ values }) => values)
			: [];
	const meaning = [
		...(description === undefined ? [] : [description]),
		...(entries.length === 0 ? [] : [`_${placeholder}_ adds an entry`]),
		...conditionsOf(field, all),
	].map(asSentence);
	return [
		[
			name,
			shownValue(field, field.default),
			[meaning.join(' '), ...choiceLines(field)].filter(Boolean).join('<br>'),
		],
		...entries.flatMap((entry) => rowsOf(entry, entries, `${name} → `)),
	];
}

function asSentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}

function choiceLines(field: INodeProperties): string[] {
	if (field.type !== 'options' && field.type !== 'multiOptions') return [];
	const choices = choicesOf(field);
	if (choices.every(({ description }) => description === undefined))
		return [choices.map(({ name }) => `_${name}_`).join(', ')];
	return choices.map(({ name, description }) => `_${name}_: ${description ?? ''}`);
}

/** When the editor shows the field, where that depends on others. */
function conditionsOf({ displayOptions = {} }: INodeProperties, all: readonly INodeProperties[]): string[] {
	return (['show', 'hide'] as const).flatMap((kind) =>
		Object.entries(displayOptions[kind] ?? {})
			.filter(([name]) => !OF_THE_OPERATION.has(name))
			.map(([name, values]) => {
				const other = all.find((field) => field.name === name);
				if (other === undefined)
					throw new Error(`The tables can't say what '${name}' has to do with a field`);
				const shown = (values as NodeParameterValue[]).map((value) => shownValue(other, value));
				return `${kind === 'show' ? 'Shown' : 'Hidden'} when _${other.displayName}_ is ${shown.join(' or ')}`;
			}),
	);
}
