import type { AnswerStyle } from '../../scenario';
import { isJsonObject, type JsonValue } from './JsonValue';

/** An entry of a group's answer. */
export type Entry = { index: number; tag?: string; answer: JsonValue };

/** The text of an answer about one item, written as the scenario wants it. */
export function writeAnswer(answer: JsonValue, style: AnswerStyle): string {
	return writers[style](answer);
}

/** The text of a group's answer, written as the scenario wants it. */
export function writeEntries(entries: readonly Entry[], style: AnswerStyle): string {
	return writers[style](changedEntries(entries, style) as JsonValue);
}

function changedEntries(entries: readonly Entry[], style: AnswerStyle): Entry[] {
	if (style === 'missingEntries') return entries.filter((_, position) => position % 3 !== 2);
	if (style !== 'wrongIndex') return [...entries];
	return entries.map((entry, position) => {
		if (position === entries.length - 1) return { ...entry, index: entries.length + 1 };
		return position === 1 ? { ...entry, index: 1 } : entry;
	});
}

const writePlain = (answer: JsonValue): string => JSON.stringify(answer);
const writeIndented = (answer: JsonValue): string => JSON.stringify(answer, undefined, 2);

const writers: Readonly<Record<AnswerStyle, (answer: JsonValue) => string>> = {
	plain: writePlain,
	fenced: (answer) => `\`\`\`json\n${writeIndented(answer)}\n\`\`\``,
	prose: (answer) =>
		`This is the sandbox, not the model. Here is what you asked for:\n\n${writeIndented(answer)}\n\nTell me if you need more.`,
	broken: writeBroken,
	cutOff: (answer) => {
		const text = writePlain(answer);
		return text.slice(0, Math.floor(text.length * 0.6));
	},
	noJson: () => 'This is the sandbox, not the model, and it was told to answer in words.',
	// These four change what is written, not how.
	missingEntries: writePlain,
	wrongIndex: writePlain,
	wrongShape: writePlain,
	nulls: writePlain,
};

/** With single quotes and trailing commas, as models write that think of another language. */
function writeBroken(value: JsonValue): string {
	if (typeof value === 'string') return inSingleQuotes(value);
	if (Array.isArray(value)) return `[${value.map((entry) => `${writeBroken(entry)}, `).join('')}]`;
	if (!isJsonObject(value)) return writePlain(value);
	const fields = Object.entries(value).map(
		([name, field]) => `${inSingleQuotes(name)}: ${writeBroken(field)}, `,
	);
	return `{${fields.join('')}}`;
}

function inSingleQuotes(text: string): string {
	const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
	return `'${escaped}'`;
}
