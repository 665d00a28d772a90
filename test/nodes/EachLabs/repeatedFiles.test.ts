import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

/** A folder that is read once for each row of a table gives each of its files as often. */
describe('files that come several times in a run', () => {
	const sandbox = sandboxPerTest();
	const picture = async (fileName: string, width = 40) =>
		await itemWithFiles({ data: { bytes: await testMedia.picture(width, 30), fileName } });
	const hintsOf = async (
		items: Array<Awaited<ReturnType<typeof picture>>>,
		parameters: object = {},
	): Promise<string[]> => {
		const { hints } = await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', ...parameters },
			items,
		);
		return hints.map(({ message }) => message).filter((message) => message.includes('look like others'));
	};

	test('are told, with what to do', async () => {
		const twice = [
			await picture('a.png'),
			await picture('b.png'),
			await picture('a.png'),
			await picture('a.png'),
		];
		expect(await hintsOf(twice)).toEqual([
			expect.stringMatching(/^2 of the files look like others .*'Execute Once'.*'Media Seen Before'/),
		]);
	});

	test('are told by their address', async () => {
		const addressed = ['one', 'two', 'one'].map((name) => ({
			json: { url: `https://example.com/${name}.png` },
		}));
		const parameters = { inputType: 'url', imageUrls: '={{ $json.url }}' };
		expect(await hintsOf(addressed, parameters)).toEqual([expect.stringMatching(/^1 of the files /)]);
	});

	test.each([
		['with the same name and another size', {}, ['a.png', 40], ['a.png', 90]],
		['with another name', {}, ['a.png', 40], ['b.png', 40]],
		['with another question', { text: '={{ $itemIndex }}' }, ['a.png', 40], ['a.png', 40]],
		['that are not paid twice', { options: { seenMedia: 'reuse' } }, ['a.png', 40], ['a.png', 40]],
	] as ReadonlyArray<[string, object, [string, number], [string, number]]>)(
		'are not told %s',
		async (_, parameters, first, second) => {
			expect(await hintsOf([await picture(...first), await picture(...second)], parameters)).toEqual([]);
		},
	);
});
