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

	test('are none while the node has no credential, and the editor says how to get them', async () => {
		const modelId = { __rl: true as const, mode: 'list', value: 'gemini-2-0-flash-lite' };
		const given = { baseUrl: sandbox.baseUrl, parameters: { modelId }, withoutCredential: true };
		expect(await loadInputFields(given)).toEqual({
			fields: [],
			emptyFieldsNotice: expect.stringContaining('credential is chosen'),
		});
		expect(sandbox.ledger.requests).toEqual([]);
	});

	test('of a model that there is not: an error that says so', async () => {
		await expect(fieldsOf('no-such-model')).rejects.toMatchObject({
			message: expect.stringContaining('no-such-model'),
		});
	});
});
