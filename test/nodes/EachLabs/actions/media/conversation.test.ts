import {
	followUpPrompt,
	readTurns,
	type Turn,
} from '../../../../../nodes/EachLabs/actions/media/conversation';
import { MAX_PROMPT_TOKENS } from '../../../../../nodes/EachLabs/core/model/questionInput';
import { CHARACTERS_PER_TOKEN } from '../../../../../nodes/EachLabs/core/tokens';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';

const CONTEXT_CHARACTERS = MAX_PROMPT_TOKENS * CHARACTERS_PER_TOKEN;

function turn(role: Turn['role'], text: string): Turn {
	return { role, text };
}

describe('a history', () => {
	test.each<[string, unknown, Turn[]]>([
		['that is not there', undefined, []],
		['that is empty', '', []],
		[
			'as the node gives it',
			[turn('user', 'What?'), turn('model', 'A boat')],
			[turn('user', 'What?'), turn('model', 'A boat')],
		],
		[
			'in the words of other services',
			[
				{ role: 'human', text: 'a' },
				{ role: 'assistant', text: 'b' },
			],
			[turn('user', 'a'), turn('model', 'b')],
		],
		[
			'with files: those that have no readable address are left out',
			[
				{
					role: 'user',
					text: 'a',
					media: [
						{ kind: 'image', url: 'https://x.test/a.png' },
						{ kind: 'image', url: 'file:///etc/passwd' },
						{ kind: 'image', url: 'https://me:secret@x.test/' },
						7,
					],
				},
			],
			[{ role: 'user', text: 'a', media: [{ kind: 'image', url: 'https://x.test/a.png' }] }],
		],
	])('%s', (_, given, expected) => expect(readTurns(given)).toEqual(expected));

	test.each([
		['that is an object', {}, "The option 'History' is not a list of turns"],
		[
			'with a turn of nobody',
			[turn('user', 'a'), { role: 'system', text: 'b' }],
			"Turn 2 of the option 'History' has no 'role' that is user or model",
		],
		['with a turn without words', [{ role: 'user' }], "Turn 1 of the option 'History' has no 'text'"],
		[
			'with a turn that is none',
			[null],
			"Turn 1 of the option 'History' has no 'role' that is user or model",
		],
	])('%s is refused', (_, given, message) => {
		expect(() => readTurns(given)).toThrow(PredictionError);
		expect(() => readTurns(given)).toThrow(message);
	});
});

describe('a follow-up question', () => {
	test('without a history stands alone', () => {
		expect(followUpPrompt([], 'What is it?')).toEqual({ prompt: 'What is it?', kept: [] });
	});

	test('comes after what was said', () => {
		const media = [{ kind: 'image', url: 'https://x.test/a.png' }] as const;
		const { prompt } = followUpPrompt(
			[{ ...turn('user', 'What?'), media }, turn('model', 'A boat')],
			'Whose?',
		);
		expect(prompt.split('\n').filter((line) => line !== '')).toEqual([
			'This conversation came before:',
			'User (with 1 of the files): What?',
			'You: A boat',
			'Now answer the next question of the user:',
			'Whose?',
		]);
	});

	test.each([
		['the question', 'x'.repeat(1_000_000), 0],
		['a system instruction', 'Whose?', 1_000_000],
	])('leaves out the oldest turns where the whole would not fit beside %s', (_, question, besides) => {
		const turns = Array.from({ length: 40 }, (_unused, index) =>
			turn(index % 2 === 0 ? 'user' : 'model', `${index} `.padEnd(100_000, 'y')),
		);
		const { prompt, kept } = followUpPrompt(turns, question, besides);
		expect(kept).toEqual(turns.slice(-kept.length));
		expect(kept.length).toBe(31);
		expect(prompt.length + besides).toBeLessThanOrEqual(CONTEXT_CHARACTERS);
	});
});
