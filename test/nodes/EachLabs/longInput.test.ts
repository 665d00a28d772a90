import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { testMedia } from '../../support/testMedia';

/** Answers repeat the input, so that one which is too long could not be read, and would be paid for all the same. */
describe('an input that is long', () => {
	const sandbox = sandboxPerTest();
	const ask = async (text: string) =>
		await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text },
			[await itemWithFiles({ data: await testMedia.picture(40, 30) })],
			{ onError: 'continueRegularOutput' },
		);

	test.each([
		[
			'5 MB of English',
			'ab '.repeat(1_666_667),
			/about 1,250,0\d\d tokens; the model reads at most 1,048,576/,
		],
		['5 MB of Thai', 'ก'.repeat(1_666_667), /can take 10,000,\d{3} bytes, and at most 8,000,000/],
		['2 MB of tags', '<>'.repeat(1_000_000), /can take 12,000,\d{3} bytes, and at most 8,000,000/],
	])('is refused before anything is paid: %s', async (_, text, message) => {
		const { items } = await ask(text);
		expect(items[0]?.json['error']).toMatch(message);
		expect(sandbox.ledger.predictions).toEqual([]);
		expect(sandbox.ledger.files.filter(({ deleted }) => !deleted)).toEqual([]);
	});

	test.each([
		['4 MB of English', 'ab '.repeat(1_300_000)],
		['3 MB of Thai', 'ก'.repeat(1_000_000)],
	])('is answered: %s', async (_, text) => {
		const { items } = await ask(text);
		expect(items[0]?.json).toMatchObject({ text: expect.any(String) });
	});
});
