import fc from 'fast-check';

import { rememberSecret } from '../../../../../nodes/EachLabs/core/redactSecrets';
import { failureReason, outputText } from '../../../../../nodes/EachLabs/core/prediction/outputText';

const deep = (open: string, close: string, content: string): object =>
	JSON.parse(open.repeat(100_000) + content + close.repeat(100_000)) as object;

describe('the text of an output', () => {
	test.each<[string, unknown, string]>([
		['of a string is the string', 'a cat ', 'a cat '],
		['of nothing is empty', null, ''],
		['of nothing at all is empty', undefined, ''],
		['of pieces of a stream is their sequence', ['A ', 'cat', '.'], 'A cat.'],
		[
			'of files is one address a line',
			['https://a.test/1.png', 'https://a.test/2.png'],
			'https://a.test/1.png\nhttps://a.test/2.png',
		],
		['of an empty list is empty', [], ''],
		['of a list of objects is one text a line', [{ text: 'a' }, { content: 'b' }], 'a\nb'],
		['of an object with a text is that text', { score: 1, text: 'a cat' }, 'a cat'],
		['of an object with an answer is that answer', { answer: 'a cat' }, 'a cat'],
		['of another object is its JSON', { score: 1 }, '{"score":1}'],
		['of an object whose text is none is its JSON', { text: 5 }, '{"text":5}'],
		[
			'of a chat completion is its first answer',
			{ model: 'a/b', choices: [{ message: { content: 'a cat' } }, { message: { content: 'a dog' } }] },
			'a cat',
		],
		[
			'of a chat completion in parts is their sequence',
			{
				choices: [
					{
						message: {
							content: [
								{ type: 'text', text: 'a ' },
								{ type: 'text', text: 'cat' },
							],
						},
					},
				],
			},
			'a cat',
		],
		['of a chat completion without words is empty', { choices: [{ message: { content: null } }] }, ''],
		[
			'of Gemini itself is its parts',
			{ candidates: [{ content: { role: 'model', parts: [{ text: 'a ' }, { text: 'cat' }] } }] },
			'a cat',
		],
		[
			'of Gemini itself without parts is empty (google/adk-python#1357)',
			{ candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }] },
			'',
		],
		[
			'of Gemini itself without content is empty (google/generative-ai-docs#235)',
			{ candidates: [{ finishReason: 'OTHER', index: 0 }], usageMetadata: { totalTokenCount: 171 } },
			'',
		],
		['of Gemini itself after a block is empty', { promptFeedback: { blockReason: 'SAFETY' } }, ''],
		['of no choices is empty (BerriAI/litellm#36881)', { choices: [] }, ''],
		['of an older completion is its text', { choices: [{ text: 'a cat', finish_reason: 'stop' }] }, 'a cat'],
		[
			'of a message is its blocks',
			{ role: 'assistant', content: [{ type: 'text', text: 'a cat' }], stop_reason: 'end_turn' },
			'a cat',
		],
		['of a message without blocks is empty', { content: [], stop_reason: 'refusal' }, ''],
		['of a message in an object is its content', { message: { content: 'a cat' }, done: true }, 'a cat'],
		[
			'of a response is its messages',
			{ output: [{ type: 'message', content: [{ type: 'output_text', text: 'a cat' }] }] },
			'a cat',
		],
		['of an object with nothing in its text is empty', { text: null }, ''],
		['of an object with nothing in it is its JSON', {}, '{}'],
		[
			'of a completion without choices is empty',
			{ object: 'chat.completion', choices: [], usage: { total_tokens: 0 } },
			'',
		],
		[
			'of Gemini itself without candidates is empty',
			{ candidates: [], usageMetadata: { totalTokenCount: 5 } },
			'',
		],
		[
			'of a message that has thought is its other blocks',
			{
				role: 'assistant',
				content: [
					{ type: 'text', text: 'a cat' },
					{ type: 'thinking', thinking: 'a dog' },
				],
			},
			'a cat',
		],
		[
			'of a response that has thought is its messages',
			{
				output: [
					{ id: 'rs_1', type: 'reasoning', summary: [] },
					{
						id: 'msg_1',
						type: 'message',
						status: 'completed',
						role: 'assistant',
						content: [{ type: 'output_text', text: 'a cat', annotations: [], logprobs: [] }],
					},
				],
			},
			'a cat',
		],
		[
			'of data with lists is its JSON',
			{ content: [1], result: { a: [] } },
			'{"content":[1],"result":{"a":[]}}',
		],
		['of a number is its digits', 0, '0'],
		['of a truth value is its word', false, 'false'],
	])('%s', (_, output, text) => {
		expect(outputText(output)).toBe(text);
	});

	test.each<[unknown]>([
		[{ question: 'Which city?', choices: [] }],
		[{ boxes: [[1, 2, 3, 4]], candidates: [] }],
		[{ candidates: [] }],
		[{ choices: [{ text: 'Paris' }, { text: 'Rome' }], question: 'Which city?' }],
		[{ choices: [{ content: 'Paris' }], question: 'Which city?' }],
		[{ choices: ['Paris', 'Rome'], question: 'Which city?' }],
		[{ choices: [], usage: 'outdoor' }],
		[{ object: 'lamp', choices: [{ text: 'red' }] }],
		[{ candidates: [{ name: 'Ann', content: 'a letter' }, { name: 'Bob' }] }],
		[{ candidates: [{ message: 'hello' }] }],
		[{ promptFeedback: 'good', score: 5 }],
		[{ content: [{ type: 'chart', title: 'x' }], pages: 3 }],
		[
			{
				content: [
					{ type: 'text', text: 'a' },
					{ type: 'chart', title: 'x' },
				],
			},
		],
		[{ result: [{ type: 'text', text: 'Invoice', bbox: [0, 0, 9, 9] }], pages: 3 }],
		[{ output: [{ type: 'message', from: 'Ann' }] }],
		[{ role: 'heading', content: [{ type: 'chart', title: 'x' }] }],
		[{ content: [], pages: 3 }],
		[{ role: 'editor', content: [] }],
	])('of data that only looks like a completion is its JSON: %j', (output) => {
		expect(outputText(output)).toBe(JSON.stringify(output));
	});

	test.each<[string, unknown]>([
		['lists', deep('[', ']', '"a"')],
		['objects', deep('{"a":', '}', '1')],
		['lists in objects', deep('{"a":[', ']}', '1')],
	])('of %s nested a hundred thousand deep is empty', (_, output) => {
		expect(outputText(output)).toBe('');
	});

	test('of any JSON is a text', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (output) => {
				expect(typeof outputText(output)).toBe('string');
			}),
			{ seed: 20260821, numRuns: 500 },
		);
	});
});

describe('why a prediction failed', () => {
	test.each<[string, object | string | null, string | null, string | undefined]>([
		[
			'is in the error envelope',
			{ error_code: 'E12', error_message: 'bad picture' },
			'log',
			'bad picture (E12)',
		],
		['is in the error envelope without a code', { error_message: 'bad picture' }, null, 'bad picture'],
		['is the code alone where there is no more', { error_code: 'E12' }, null, 'E12'],
		['is in the envelope of a callback', [{ error: 'bad picture' }], null, 'bad picture'],
		['is in an error that is an object', { error: { message: 'bad picture' } }, null, 'bad picture'],
		['is the output where that is a text', ' bad picture ', 'log', 'bad picture'],
		['is else the last line of the logs', null, 'loading\nout of memory\n\n', 'out of memory'],
		['is in the logs where the envelope is empty', { error_message: '' }, 'out of memory', 'out of memory'],
		['is in the logs where the output is empty', [], 'out of memory', 'out of memory'],
		['is unknown where nothing is said', null, null, undefined],
		['is unknown where nothing but white space is said', '  ', ' \n ', undefined],
	])('%s', (_, output, logs, reason) => {
		expect(failureReason({ output, logs })).toBe(reason);
	});

	test('is no longer than 500 characters', () => {
		expect(failureReason({ output: 'a'.repeat(5_000), logs: null })).toHaveLength(500);
	});

	test('does not give away a key, not even the head of one at its end', () => {
		rememberSecret('secret-key');
		const reason = failureReason({ output: `${'a'.repeat(495)} secret-key`, logs: null });
		expect(reason).toBe(`${'a'.repeat(495)} [hid`);
	});

	test.each<[string, object]>([
		['lists', deep('[', ']', '"a"')],
		['errors', deep('{"error":', '}', '"a"')],
	])('is found in the logs behind %s nested a hundred thousand deep', (_, output) => {
		expect(failureReason({ output, logs: 'out of memory' })).toBe('out of memory');
	});

	test('is a text or unknown for any JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.option(fc.string()), (output, logs) => {
				expect(['string', 'undefined']).toContain(
					typeof failureReason({ output: output as object | null, logs }),
				);
			}),
			{ seed: 20260821, numRuns: 500 },
		);
	});
});
