import { answersThatFit } from '../../../../../nodes/EachLabs/actions/media/groupItems';
import type { MediaItem } from '../../../../../nodes/EachLabs/actions/media/MediaItem';

/** An item whose answer takes this many tokens, of as many as the model may write. */
const itemOf = (textTokens: number, maxOutputTokens?: number) =>
	({ question: { textTokens }, options: { maxOutputTokens } }) as unknown as MediaItem;

test.each([
	['an answer that is longer than the model may write', itemOf(9_000), 1],
	['an answer that is longer than the user lets it write', itemOf(300, 200), 1],
	['an answer of which just one fits', itemOf(5_000), 1],
])('%s is asked for alone', (_what, item, expected) => {
	expect(answersThatFit(item)).toBe(expected);
});

test('short answers share a request', () => {
	expect(answersThatFit(itemOf(100))).toBeGreaterThan(20);
});
