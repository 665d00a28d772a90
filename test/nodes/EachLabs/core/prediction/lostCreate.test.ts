import type { Prediction } from '../../../../../nodes/EachLabs/core/api/shapes';
import { isOfAnother } from '../../../../../nodes/EachLabs/core/prediction/lostCreate';

const OWN = 'https://files.test/own';

/** What was sent, by name: with a file of its own, with an address of the web, and with words alone. */
const requests = {
	file: { model: 'm', input: { prompt: 'What is it?', image_urls: [OWN] }, uploads: [OWN] },
	address: { model: 'm', input: { prompt: 'What is it?', image_urls: ['https://example.com/a.jpg'] } },
	numbers: { model: 'm', input: { steps: 4 } },
};

test.each<[string, keyof typeof requests, Record<string, unknown>, boolean]>([
	['with the same file', 'file', { prompt: 'What is it?', image_urls: [OWN] }, false],
	['with the same file under other words', 'file', { prompt: 'what is it', image: OWN, steps: 1 }, false],
	['with another file', 'file', { prompt: 'What is it?', image_urls: ['https://files.test/b'] }, true],
	['with the same words', 'address', { prompt: 'What is it?' }, false],
	['with the same address', 'address', { image_urls: ['https://example.com/a.jpg'] }, false],
	['with other words and addresses', 'address', { prompt: 'Who?', image_urls: [] }, true],
	['of a request without words', 'numbers', { steps: 5 }, false],
])('a prediction %s is of another, or may be the own: %s, %j, %s', (_, sent, input, isAnother) => {
	expect(isOfAnother(requests[sent], { input } as Prediction)).toBe(isAnother);
});
