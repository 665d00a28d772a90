import { withoutThoughts } from './thoughts';

const MAX_CHARACTERS = 20_000;
/** A text that is quoted as a whole; quotation marks of its own stay. */
const QUOTED = /^(?:"([^"]*)"|'([^']*)'|`([^`]*)`|[“„]([^“”„]*)[“”]|«([^«»]*)»|「([^「」]*)」)$/;
const LABEL =
	/^(?:\*{0,2}|#{1,4} )(?:(?:(?:the |suggested |proposed )?alt(?:ernative|ernate)?[ -]?text(?: for (?:the|this) (?:image|picture))?|alternativ[- ]?text|texte? alternati(?:f|vo)|testo alternativo|alternatieve tekst|tekst alternatywny|альтернативный текст|代替テキスト|替代文[本字]|대체 ?텍스트|النص البديل)\*{0,2}(?: ?[:：]| [-–—])|(?:alt|image|image description|description|caption|answer)\*{0,2} ?[:：])\*{0,2} */i;
/** What a model has counted, where it fits: a picture may show such words, too. */
const COUNT =
	/ ?\((?:about )?(\d{1,4}) ?(?:characters?|chars?|zeichen|caractères|caracteres|caratteri|tekens|znaków|символов|文字|字符?|자)\)$/i;
/** Signs that HTML writes by their names. */
const ENTITIES: ReadonlyArray<readonly [RegExp, string]> = [
	[/&quot;/g, '"'],
	[/&(?:#0?39|apos);/g, "'"],
	[/&nbsp;/g, ' '],
	[/&amp;/g, '&'],
];
const CONSENT = '(?:sure|certainly|of course|okay|ok|gerne)';
const SORT =
	'(?:(?:an?|the|your|my|some|few|several|two|three|four|five|possible|suggested|proposed|concise|short|brief|detailed|simple|clear|requested|une?|l[ae]s?|votre|courte|eine?|die|der|das|zwei|drei|kurze) )';
/** A sentence that speaks of the text that comes, or consent, up to a colon or the end of its line: what a picture shows may begin like it. */
const OPENING = new RegExp(
	`^(?:${CONSENT}[!.:,]? ?)?(?:(?:here(?:['’]s| is| are)|voici|hier (?:ist|sind)) (?:[^.:\\n]{0,60}?(?:alt(?:ernative?)?[ -]?text|texte? alternati)[^.:\\n]{0,60}|${SORT}{0,4}(?:texte?s?|description|beschreibung|caption|option|suggestion|vorschl[aä]ge?)s?(?: (?:for|of|pour|de|du|für|des) (?:[\\p{L}'’]+ ){0,2}[\\p{L}'’]*(?:image|picture|photo|bild|foto)\\p{L}*)?)|here you go) ?(?::|[.!]?\\s*\\n)\\s*(?=\\S)|^${CONSENT}[!.:]?[ \\t]*\\n\\s*(?=\\S)`,
	'iu',
);
/** Consent as a sentence of its own. */
const CONSENT_SENTENCE = /^(?:[Ss]ure|[Cc]ertainly|[Oo]f course|[Gg]erne|[Hh]ere you go)! (?=\p{Lu})/u;

/** A text as the attribute of a tag, or by itself. */
const ALT_ATTRIBUTE = /^(?:<img\b[^<>]{0,500}?\s)?alt=(?:"([^"]*)"|'([^']*)')(?:[^<>]{0,500}\/?>)?$/i;

/**
 * One sentence or two as a model was asked for, in one line: without thoughts, fences, labels, bold, and quotes around it; of
 * several options the first. '' where nothing is left.
 */
export function plainText(text: string): string {
	const bare = withoutThoughts(text.trim().slice(0, MAX_CHARACTERS))
		.trim()
		.replace(/^(?:```|~~~)[\w-]*/, '')
		.replace(/(?:```|~~~)$/, '')
		.trim()
		.replace(OPENING, '');
	const markup = ALT_ATTRIBUTE.exec(bare);
	let line = (markup?.[1] ?? markup?.[2] ?? firstOption(bare) ?? bare).split(/\s+/).join(' ').trim();
	for (let round = 0; round < 4; round += 1) {
		const before = line;
		line = line
			.replace(LABEL, '')
			.replace(/^#{1,6} /, '')
			.trim();
		line = withoutCount(line).replace(OPENING, '').replace(CONSENT_SENTENCE, '').trim();
		line = line.replace(/^\*\*(.+)\*\*$/, '$1').replace(/^__(.+)__$/, '$1');
		line = line.replace(QUOTED, '$1$2$3$4$5$6').trim();
		if (line === before) break;
	}
	line = line.replace(/\*\*([^*]{1,200})\*\*/g, '$1');
	return ENTITIES.reduce((text, [entity, sign]) => text.replace(entity, sign), line);
}

function withoutCount(line: string): string {
	const [count, number] = COUNT.exec(line) ?? [];
	if (count === undefined) return line;
	const text = line.slice(0, -count.length);
	return Math.abs(Number(number) - text.length) <= Math.max(2, text.length / 8) ? text : line;
}

/** `1. …` and `2. …`, or `Option 1: …`, each on a line; undefined where there are no two. */
function firstOption(text: string): string | undefined {
	const mark =
		/^\s*(?:[-*] |\*{0,2}(?:option|variant|version) ?[\dA-C]\b[^:\n]{0,20}:|\*{0,2}\d{1,2}[.)])\*{0,2}\s*/i;
	const options = text.split('\n').filter((line) => mark.test(line.slice(0, 200)));
	return options.length < 2 ? undefined : options[0]?.replace(mark, '');
}
