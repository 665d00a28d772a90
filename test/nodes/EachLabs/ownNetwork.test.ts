// Addresses that only the user's own network knows, in whatever place: refused before anything is paid.
import type { INodeParameters } from 'n8n-workflow';

import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const modelId = { __rl: true, mode: 'id', value: 'gemini-2-0-flash-lite' };
const ANALYZE = { resource: 'image', operation: 'analyze', text: 'What is it?' };
const PRIVATE = 'http://192.168.1.20:9000/a.png';
const REFUSED = "holds an address in your own network (192.168.1.20:9000), which Each Labs can't reach";

const run = (inputFields: Record<string, unknown>, options: INodeParameters = {}): INodeParameters => ({
	resource: 'model',
	operation: 'run',
	modelId,
	inputFields: { mappingMode: 'defineBelow', value: inputFields as INodeParameters },
	options,
});
const history = (...urls: string[]) => [
	{ role: 'user', text: 'What is it?', media: urls.map((url) => ({ kind: 'image', url })) },
	{ role: 'model', text: 'A cat.' },
];

/** Where the address stands, the parameters with it, and what the message calls the place. */
const places: ReadonlyArray<readonly [string, (url: string) => INodeParameters, string]> = [
	[
		'a URL parameter',
		(url) => ({ ...ANALYZE, inputType: 'url', imageUrls: url }),
		"parameter 'Image URL(s)'",
	],
	[
		'a field of Model → Run',
		(url) => run({ prompt: 'What?', image_urls: `https://a.example/b.png, ${url}` }),
		"field 'image_urls'",
	],
	[
		'Additional Input of Model → Run',
		(url) => run({ prompt: 'What?' }, { additionalInput: JSON.stringify({ image_urls: [url] }) }),
		"field 'image_urls' of the option 'Additional Input'",
	],
	[
		'Additional Input of an operation',
		(url) => ({ ...ANALYZE, options: { additionalInput: JSON.stringify({ reference: { image: url } }) } }),
		"field 'reference' of the option 'Additional Input'",
	],
	[
		'Prediction → Create',
		(url) => ({
			resource: 'prediction',
			operation: 'create',
			modelId,
			input: JSON.stringify({ prompt: 'What?', image_urls: [url] }),
		}),
		"field 'image_urls'",
	],
	[
		'History',
		(url) => ({ ...ANALYZE, options: { history: JSON.stringify(history('https://a.example/b.png', url)) } }),
		"option 'History'",
	],
];

describe('an address in the own network', () => {
	const sandbox = sandboxPerTest();

	test.each(places)(
		'is refused in %s',
		async (_place, parametersOf, name) => {
			// Nobody answers there: what is refused is refused before anything is asked.
			const service = { baseUrl: 'https://eachlabs.invalid' };
			const { error } = await quickRun(service, parametersOf(PRIVATE), await pictureItems('red'));
			expect(error?.message).toBe(`The ${name} ${REFUSED}`);
			expect(error?.description).toMatch(/Nothing was charged for this item\.$/);
		},
		30_000,
	);

	test.each(places)('is taken in %s where the service is on this machine', async (_place, parametersOf) => {
		const { error } = await quickRun(sandbox, parametersOf(PRIVATE), await pictureItems('red'));
		expect(error?.message ?? '').not.toContain('own network');
	});

	test('may stand in a prompt', async () => {
		const service = { baseUrl: 'https://eachlabs.invalid' };
		const { error } = await quickRun(service, run({ prompt: PRIVATE }, { maxWait: 5 }), [{ json: {} }]);
		expect(error?.message).toBeDefined();
		expect(error?.message).not.toContain('own network');
	}, 30_000);
});
