import {
	itemOptions,
	modelSettings,
	optionProperty,
	pollIntervalMs,
	runOptions,
	type OptionName,
} from '../../../../nodes/EachLabs/n8n/options';

const OPTION_NAMES = Object.keys({ ...runOptions({}), ...itemOptions({}) }) as OptionName[];

/** They keep money safe. */
const GUARDS: readonly OptionName[] = ['maxCost', 'estimateOnly'];

/** Reads one option, whether it is of the run or of the item. */
function read(name: string, value: unknown): unknown {
	const given = { [name]: value as string };
	return { ...runOptions(given), ...itemOptions(given) }[name as OptionName];
}

describe('the range of an option', () => {
	test.each<[name: OptionName, lowest: number, highest: number, below: number, above: number]>([
		['maxConcurrency', 1, 1_000, 0, 1_001],
		['maxCost', 0, 1_000_000, -0.01, 1_000_000.01],
		['uploadRetention', 60, 31_536_000, 59, 31_536_001],
		['maxOutputTokens', 1, 8_192, 0, 8_193],
		['maxWait', 1, 86_400, 0.9, 86_401],
		['pollInterval', 0, 3_600, -1, 3_601],
	])('%s', (name, lowest, highest, below, above) => {
		expect([read(name, lowest), read(name, String(highest))]).toEqual([lowest, highest]);
		for (const beyond of [below, above, NaN, 'many', true, [lowest], {}]) {
			expect(() => read(name, beyond)).toThrow(
				new RegExp(`^The option '${optionProperty(name).displayName}' is .*from .* to `),
			);
		}
		expect(optionProperty(name).typeOptions).toMatchObject({ minValue: lowest, maxValue: highest });
	});

	test.each(['maxConcurrency', 'uploadRetention', 'maxOutputTokens'])('%s is whole', (name) => {
		expect(() => read(name, 100.5)).toThrow('has to be a whole number');
	});

	test.each(['minimal', 'low', 'medium', 'high'])('Reasoning Level %s', (level) => {
		expect(read('reasoningLevel', level)).toBe(level);
	});

	test.each(['', null, undefined])('is not asked of what is not set (%p)', (value) => {
		// Who has added 'Callback URL' counts on a call.
		for (const name of OPTION_NAMES.filter((each) => each !== 'callbackUrl')) {
			if (value !== '' && GUARDS.includes(name)) continue;
			expect(() => read(name, value)).not.toThrow();
		}
		expect(itemOptions({}).callbackUrl).toBeUndefined();
	});

	test.each(GUARDS)('%s does not count as left out where its expression gives nothing', (name) => {
		for (const nothing of [undefined, null]) {
			expect(() => read(name, nothing)).toThrow(
				`The expression of the option '${optionProperty(name).displayName}' gives nothing`,
			);
		}
		expect(runOptions({})).toMatchObject({ maxCost: 0, estimateOnly: false });
	});

	test('Reasoning Level is one of its choices', () => {
		expect(() => read('reasoningLevel', 'highest')).toThrow(
			`The option 'Reasoning Level' is "highest"; it has to be minimal, low, medium or high`,
		);
	});
});

test('a switch is on where it is said to be on, also as a text, and on when it is added (n8n-io/n8n#10702)', () => {
	for (const name of OPTION_NAMES.filter((one) => optionProperty(one).type === 'boolean')) {
		if (name === 'waitForResult') continue;
		expect([true, 'true', ' TRUE\n', 'yes', 1].map((value) => read(name, value))).toEqual(
			Array<boolean>(5).fill(true),
		);
		expect([false, 'false', 'No', 0, ''].map((value) => read(name, value))).toEqual(
			Array<boolean>(5).fill(false),
		);
		for (const neither of ['maybe', '[object Object]', {}, [], 2])
			expect(() => read(name, neither)).toThrow(
				`The option '${optionProperty(name).displayName}' is ${JSON.stringify(neither)}; it has to be true or false`,
			);
		expect(optionProperty(name).default).toBe(true);
	}
});

test('the model is told of what is set, and of nothing else', () => {
	expect(modelSettings(itemOptions({ maxWait: 5, language: ' ', googleSearch: false }))).toEqual([]);
	const settings = modelSettings(itemOptions({ googleSearch: true, language: ' German ' }));
	expect(settings.map(({ label, value }) => [label, value])).toEqual([
		['Language', 'German'],
		['Google Search', true],
	]);
});

test.each([
	[0, undefined],
	[0.1, 500],
	[2.5, 2_500],
])('a Poll Interval of %p seconds', (pollInterval, expected) => {
	expect(pollIntervalMs({ pollInterval })).toBe(expected);
});

test('Wait for Result is on unless it is switched off', () => {
	expect([undefined, true, false].map((value) => read('waitForResult', value))).toEqual([true, true, false]);
});

test.each([
	'https://n8n.example.com/webhook/1?signature=a',
	'http://localhost:5678/webhook/1',
	'http://127.0.0.1/w',
])('a Callback URL: %s', (url) => expect(read('callbackUrl', url)).toBe(url));

test.each([
	['http://n8n.example.com/webhook/1', 'so results would travel in the open'],
	['https://user:pass@n8n.example.com/', 'holds a user name or password (n8n.example.com)'],
	['ftp://n8n.example.com/', 'which is not a web address'],
	['/webhook/1', 'which is not a web address'],
	['https:n8n.example.com', 'which is not a web address'],
	['https://n8n.example.com/a b', 'which is not a web address'],
	['', 'is empty'],
	['  ', 'is empty'],
	[undefined, 'is empty'],
	[null, 'is empty'],
	[7, 'is not a text but 7'],
])('a Callback URL that is refused: %s', (url, why) => {
	expect(() => read('callbackUrl', url)).toThrow(why);
});
