import { afterThoughts, onlyThinks } from '../../../../../nodes/EachLabs/core/answer/thoughts';

test.each([
	['thoughts first', '<think>A dog?</think>\n\nA cat.', 'A cat.'],
	['in other words', '<reasoning>Hm.</reasoning>A cat.', 'A cat.'],
	['thoughts that speak of an end', '<thinking>It shows `</think>`.</thinking>\nA cat.', 'A cat.'],
	['an end alone on its line', 'A dog? No.\n</think>\nA cat.', 'A cat.'],
	['an answer that speaks of the tag', 'The code has a `</think>` tag, then a loop.', undefined],
	[
		'an answer with a tag behind the thoughts',
		'<think>x</think>It shows </think> twice.',
		'It shows </think> twice.',
	],
	['code that thinks', 'The code:\n<think>\nx\n</think>\nend', undefined],
	['an answer that ends in a tag', 'It shows </thought>', undefined],
	['thoughts that never end', '<think>It may be', undefined],
	['JSON', '{"a":"</think>"}', undefined],
])('%s', (_, text, answer = text) => {
	expect(afterThoughts(text)).toBe(answer);
});

test.each([
	['<think>It may be', true],
	['<think>a</think>', false],
	['A <think> tag', false],
])('%s', (text, isThought) => {
	expect(onlyThinks(text)).toBe(isThought);
});
