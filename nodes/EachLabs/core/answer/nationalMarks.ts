const ASCII: ReadonlyMap<string, string> = new Map([
	...([...'：，｛｝［］'].map((mark, index) => [mark, [...':,{}[]'][index] ?? '']) as Array<
		[string, string]
	>),
	['、', ','],
	['　', ' '],
]);
const CLOSERS: ReadonlyMap<string, string> = new Map([
	['"', '"”'],
	['“', '”“"'],
	['”', '”“"'],
	['„', '“”„"'],
	['«', '»'],
	['»', '«»'],
	['「', '」'],
	['『', '』'],
	['＂', '＂'],
]);
/** A mark, a quote, or a key without quotes that comes first or after a comma. */
const PLACES =
	/["“”„«»「『＂：，｛｝［］、]|\u3000+|(?=[\p{L}_$])(?<=[{,｛，、]\s{0,200})[\p{L}_$][\p{L}\p{M}\p{N}_$-]{0,80}(?=\s{0,8}[:：])/gu;
/** What follows a string in JSON. */
const AFTER_STRING = /\s{39}|\s{0,38}(?:[:,}\]：，｝］、]|$)/y;

/** Whether there are signs of JSON in it that only another alphabet has. */
export function hasNationalMarks(text: string): boolean {
	return /[：，｛｝［］“”„«»「『＂]|[{,｛，]\s{0,20}[\p{L}_$][\p{L}\p{M}\p{N}_$-]{0,80}\s{0,8}[:：]/u.test(
		text,
	);
}

/** The text from its first bracket on, with full-width marks, national quotes and bare keys outside of texts as JSON has them. */
export function withAsciiMarks(text: string): string {
	const start = text.search(/[[{［｛]/);
	if (start < 0) return text;
	let ascii = '';
	let copied = start;
	PLACES.lastIndex = start;
	for (let place = PLACES.exec(text); place; place = PLACES.exec(text)) {
		const [found] = place;
		const closers = CLOSERS.get(found);
		ascii += text.slice(copied, place.index);
		if (closers === undefined) {
			ascii += ASCII.get(found.charAt(0)) ?? JSON.stringify(found);
			copied = place.index + found.length;
		} else {
			const end = stringEnd(text, place.index, closers);
			ascii += `"${withEscapedQuotes(text.slice(place.index + 1, end))}"`;
			copied = end + 1;
		}
		PLACES.lastIndex = copied;
	}
	return ascii + text.slice(copied);
}

function withEscapedQuotes(inner: string): string {
	return inner.replace(/(?<=(?:^|[^\\])(?:\\\\)*)"/g, '\\"');
}

/** Where the string that opens at `start` ends: at a quote of its kind with a mark of JSON behind it. */
function stringEnd(text: string, start: number, closers: string): number {
	for (let index = start + 1; index < text.length; index += 1) {
		const character = text.charAt(index);
		if (character === '\\') index += 1;
		else if (closers.includes(character)) {
			AFTER_STRING.lastIndex = index + 1;
			if (AFTER_STRING.test(text)) return index;
		}
	}
	return text.length;
}
