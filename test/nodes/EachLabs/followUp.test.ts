import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { closingHint } from '../../support/closingHint';

const ANALYZE: INodeParameters = { resource: 'image', operation: 'analyze' };

describe('Follow-up questions', () => {
	const sandbox = sandboxPerTest();
	const inputOf = (ordinal: number): Record<string, unknown> =>
		sandbox.ledger.predictions[ordinal]?.input ?? {};

	const firstQuestion = async (options: INodeParameters, items: INodeExecutionData[]) =>
		await quickRun(
			sandbox,
			{ ...ANALYZE, text: 'What is it?', options: { includeConversation: true, ...options } },
			items,
		);
	const followUp = async (items: INodeExecutionData[], options: INodeParameters = {}) =>
		await quickRun(
			sandbox,
			{
				...ANALYZE,
				text: 'And what else?',
				options: { history: '={{ $json.conversation }}', includeConversation: true, ...options },
			},
			items,
		);

	test('the conversation goes on, with the files that were kept and without a second upload', async () => {
		const first = await firstQuestion({ keepUploads: true }, await pictureItems('red', 'blue'));
		const asked = first.items.map(({ json }) => ({ json }));
		const { status, items } = await followUp(asked);

		expect(status).toBe('success');
		expect(sandbox.ledger.files).toHaveLength(2);
		expect(sandbox.ledger.presigns).toBe(2);
		for (const [position, { json, pairedItem }] of items.entries()) {
			expect(pairedItem).toEqual({ item: position });
			expect(json['text']).toContain(`${40 + position}×30 pixels`);
			const before = first.items[position]?.json['conversation'] as IDataObject[];
			expect(json['conversation']).toEqual([
				...before,
				{ role: 'user', text: 'And what else?' },
				{ role: 'model', text: json['text'] },
			]);
			const own = sandbox.ledger.predictions.find(({ id }) => id === json['predictionId'])?.input;
			expect(own?.['image_urls']).toEqual([(before[0]?.['media'] as IDataObject[])[0]?.['url']]);
			expect(own?.['prompt']).toBe(
				[
					'This conversation came before:',
					'User (with 1 of the files): What is it?',
					`You: ${first.items[position]?.json['text'] as string}`,
					'',
					'Now answer the next question of the user:',
					'And what else?',
				].join('\n'),
			);
		}
	});

	test('a new file goes behind the earlier ones', async () => {
		const first = await firstQuestion({ keepUploads: true }, await pictureItems('red'));
		const [, second] = await pictureItems('red', 'blue');
		const { items } = await followUp([{ json: first.items[0]?.json ?? {}, binary: second?.binary ?? {} }]);
		expect(items[0]?.json['text']).toMatch(/Medium 1 of 2 is .*40×30 .*Medium 2 of 2 is .*41×30 /);
	});

	test('files that were not kept are not in the conversation; those that came by URL are', async () => {
		const uploaded = await firstQuestion({}, await pictureItems('red'));
		expect(uploaded.items[0]?.json['conversation']).toEqual([
			{ role: 'user', text: 'What is it?' },
			{ role: 'model', text: expect.any(String) },
		]);
		const byUrl = await quickRun(
			sandbox,
			{
				...ANALYZE,
				inputType: 'url',
				imageUrls: 'https://example.com/a.png',
				options: { includeConversation: true },
			},
			[{ json: {} }],
		);
		expect(byUrl.items[0]?.json['conversation']).toEqual([
			{
				role: 'user',
				text: expect.any(String),
				media: [{ kind: 'image', url: 'https://example.com/a.png' }],
			},
			{ role: 'model', text: expect.any(String) },
		]);
	});

	test('a list of turns that somebody wrote is taken as well', async () => {
		const { items } = await quickRun(
			sandbox,
			{
				...ANALYZE,
				text: 'Which colour?',
				options: {
					history: '[{"role": "human", "text": "Be brief."}, {"role": "assistant", "text": "I will."}]',
				},
			},
			await pictureItems('red'),
		);
		expect(inputOf(0)['prompt']).toContain('User: Be brief.\nYou: I will.\n\nNow answer');
		expect(items[0]?.json['text']).toContain('40×30 pixels');
		expect(items[0]?.json).not.toHaveProperty('conversation');
	});

	test('an empty history asks as if there were none', async () => {
		await quickRun(
			sandbox,
			{ ...ANALYZE, text: 'What?', options: { history: '[]' } },
			await pictureItems('red'),
		);
		expect(inputOf(0)['prompt']).toBe('What?');
	});

	test('of a conversation that is too long, the oldest turns go, and the step says so', async () => {
		const history = [
			{ role: 'user', text: 'a'.repeat(3_000_000) },
			{ role: 'model', text: 'b'.repeat(4_200_000) },
			{ role: 'user', text: 'Be brief.' },
		];
		const { status, hints } = await quickRun(
			sandbox,
			{ ...ANALYZE, text: 'Which colour?', options: { history: '={{ $json.turns }}' } },
			[{ ...(await pictureItems('red'))[0], json: { turns: history } }],
		);
		expect(status).toBe('success');
		expect(inputOf(0)['prompt']).toBe(
			'This conversation came before:\nUser: Be brief.\n\nNow answer the next question of the user:\nWhich colour?',
		);
		expect(hints.map(({ message }) => message)).toEqual([
			'The conversation was too long for the model, so its oldest 2 turns were left out.',
			closingHint,
		]);
	});

	test.each<[string, string, string]>([
		['no list', '{"role": "user"}', "The option 'History' is not a list of turns"],
		['no JSON', '[{"role": "user"', "The option 'History' is not valid JSON: look at line 1, column 17"],
		[
			'a turn of nobody',
			'[{"role": "user", "text": "a"}, {"role": "system", "text": "b"}]',
			"Turn 2 of the option 'History' has no 'role' that is user or model",
		],
		['a turn without text', '[{"role": "user"}]', "Turn 1 of the option 'History' has no 'text'"],
	])('a history that is %s is refused before anything is paid', async (_what, history, message) => {
		const { status, error } = await quickRun(
			sandbox,
			{ ...ANALYZE, options: { history } },
			await pictureItems('red'),
		);
		expect({ status, message: error?.message }).toEqual({ status: 'error', message });
		expect(error?.description).toMatch(/\w+.*\.$/);
		expect(sandbox.ledger.presigns).toBe(0);
		expect(sandbox.ledger.predictions).toEqual([]);
	});
});
