import { MarkdownPage } from './MarkdownPage';
import { isMessage, isMessageColumn } from './messageRows';
import { interruptionReasons, nodeMessages, unionNames } from './nodeMessages';

const page = new MarkdownPage('docs/troubleshooting.md');
const messages = nodeMessages();
const rows = page.tables
	.filter(({ columns }) => isMessageColumn(columns[0]))
	.flatMap(({ section, rows: tableRows }) =>
		tableRows.map(({ cells: [words = ''] }) => ({ section, words })),
	);

describe('the page about what goes wrong', () => {
	test('is held against messages that were found', () => {
		expect(messages.length).toBeGreaterThan(100);
		expect(rows.length).toBeGreaterThan(90);
	});

	test.each(rows)("'$words' is a message of the node", ({ words }) => {
		expect(messages.filter((message) => isMessage(words, message))).not.toEqual([]);
	});

	test('has no row twice, and none that stands for anything at all', () => {
		const words = rows.map((row) => row.words);
		expect(words.filter((one, position) => words.indexOf(one) !== position)).toEqual([]);
		expect(words.filter((one) => one.replace(/[^a-z]/gi, '').length < 10)).toEqual([]);
	});

	test('has a row for every message of the node', () => {
		const missing = messages.filter(
			(message) =>
				!rows.some(({ section, words }) => isMessage(words, message) && isPlaceFor(message, section)),
		);
		expect(missing.map(({ text, place }) => `${text} (${place})`)).toEqual([]);
	});

	test.each(unionNames('core/PredictionError.ts', 'PredictionErrorKind'))(
		"says what the kind '%s' is, and leads to its messages",
		(kind) => {
			const kinds = page.rowsOf('kind').filter(({ cells: [name] }) => name === kind);
			expect(kinds).toHaveLength(1);
			const ofKind = messages.filter((message) => message.kind === kind);
			const sections = rows
				.filter(({ words }) => ofKind.some((message) => isMessage(words, message)))
				.map(({ section }) => section);
			expect(sections).not.toEqual([]);
			expect([...new Set(sections.map((section) => `#${section}`))].sort()).toEqual(
				[...(kinds[0]?.targets ?? [])].sort(),
			);
		},
	);

	test('explains every reason for which a request got no answer', () => {
		const reasons = page.rowsOf('reason').map(({ cells: [reason] }) => reason);
		expect([...reasons].sort()).toEqual(interruptionReasons().sort());
	});
});

/** Hints are no errors, and errors no hints. */
function isPlaceFor({ kind }: { kind: string | undefined }, section: string): boolean {
	return (kind === 'hint') === (section === 'hints');
}
