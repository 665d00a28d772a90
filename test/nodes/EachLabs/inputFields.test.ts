import type { ResourceMapperField } from 'n8n-workflow';

import { loadInputFields } from '../../support/editorLists';
import { sandboxPerTest } from './sandboxPerTest';

describe("the fields of 'Input Fields'", () => {
	const sandbox = sandboxPerTest();

	const fieldsOf = async (slug: string): Promise<ResourceMapperField[]> => {
		const modelId = { __rl: true as const, mode: 'list', value: slug };
		const parameters = { resource: 'model', operation: 'run', modelId };
		return (await loadInputFields({ baseUrl: sandbox.baseUrl, parameters })).fields;
	};
	const always = { defaultMatch: false, canBeUsedToMatch: false, display: true };

	test('are those of the chosen model: what it needs is shown, the rest can be added with its default', async () => {
		expect(await fieldsOf('sandbox-picture-maker')).toEqual([
			{ ...always, id: 'prompt', displayName: 'prompt', type: 'string', required: true, removed: false },
			{
				...always,
				id: 'num_images',
				displayName: 'num_images',
				type: 'number',
				required: false,
				removed: true,
				defaultValue: 1,
			},
			{
				...always,
				id: 'aspect_ratio',
				displayName: 'aspect_ratio',
				type: 'options',
				options: ['1:1', '16:9', '9:16'].map((value) => ({ name: value, value })),
				required: false,
				removed: true,
				defaultValue: '1:1',
			},
		]);
	});

	test('that take files are shown, after what is required, and not required, since a file may fill them', async () => {
		const fields = await fieldsOf('gemini-2-0-flash-lite');
		expect(fields.map(({ id, type, required, removed }) => ({ id, type, required, removed }))).toEqual([
			{ id: 'prompt', type: 'string', required: true, removed: false },
			{ id: 'image_urls', type: 'string', required: false, removed: false },
		]);
		const [, , search] = await fieldsOf('sandbox-media-search');
		expect(search).toMatchObject({
			id: 'google_search',
			type: 'boolean',
			removed: true,
			defaultValue: false,
		});
	});

	test('are none where an expression chooses the model, and the editor says what to do instead', async () => {
		const parameters = { modelId: { __rl: true as const, mode: 'id', value: '={{ $json.model }}' } };
		expect(await loadInputFields({ baseUrl: sandbox.baseUrl, parameters })).toEqual({
			fields: [],
			emptyFieldsNotice: expect.stringContaining("'Additional Input'"),
		});
		expect(sandbox.ledger.requests).toEqual([]);
	});

	describe('while the node has no credential', () => {
		const modelId = { __rl: true as const, mode: 'list', value: 'gemini-2-0-flash-lite' };
		const withoutCredential = (publicUrl?: string) =>
			loadInputFields({
				baseUrl: sandbox.baseUrl,
				parameters: { modelId },
				withoutCredential: true,
				publicUrl,
			});

		test('are those that everybody may read, asked for without a key', async () => {
			const { fields } = await withoutCredential(sandbox.baseUrl);
			expect(fields.map(({ id }) => id)).toEqual(['prompt', 'image_urls']);
			expect(sandbox.ledger.requests).toEqual([
				expect.objectContaining({ method: 'GET', path: '/v1/models/gemini-2-0-flash-lite' }),
			]);
			expect(sandbox.ledger.requests[0]?.headers).not.toHaveProperty('authorization');
		});

		test('are none where nobody answers, and the editor says how to get them', async () => {
			expect(await withoutCredential()).toEqual({
				fields: [],
				emptyFieldsNotice: expect.stringContaining('credential is chosen'),
			});
			expect(sandbox.ledger.requests).toEqual([]);
		});
	});

	describe('that can not be read', () => {
		const modelId = { __rl: true as const, mode: 'id', value: 'no-such-model' };

		test('of a model that there is not: the editor says so, and what to do', async () => {
			const parameters = { modelId, inputFields: { mappingMode: 'defineBelow', value: null, schema: [] } };
			expect(await loadInputFields({ baseUrl: sandbox.baseUrl, parameters })).toEqual({
				fields: [],
				emptyFieldsNotice: expect.stringMatching(
					/^The model 'no-such-model' does not exist .*Choose another/,
				),
			});
		});

		test('for another reason: the editor says which, and how to ask again', async () => {
			const { emptyFieldsNotice } = await loadInputFields({
				baseUrl: 'http://127.0.0.1:9',
				parameters: { modelId },
			});
			expect(emptyFieldsNotice).toMatch(/refused.*Then close this panel and open it again/s);
		});

		test('leave those alone that are filled in: the question fails, so that n8n keeps them', async () => {
			const schema = [{ ...always, id: 'prompt', displayName: 'prompt', type: 'string', required: true }];
			const inputFields = { mappingMode: 'defineBelow', value: { prompt: 'Hello' }, schema };
			await expect(
				loadInputFields({ baseUrl: sandbox.baseUrl, parameters: { modelId, inputFields } }),
			).rejects.toMatchObject({ message: expect.stringContaining('no-such-model') });
		});
	});
});
