import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { testMedia } from '../../support/testMedia';

/** What n8n itself refuses is handed on in n8n's words. */
describe("n8n's own errors", () => {
	const sandbox = sandboxPerTest();

	test('keep the parameter and the node that they are about', async () => {
		const { error } = await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text: "={{ $('Nowhere').item.json.text }}" },
			[await itemWithFiles({ data: await testMedia.picture(40, 30) })],
		);
		const { context } = error as unknown as { context: Record<string, unknown> };
		expect(error?.message).not.toContain('did not expect');
		expect(sandbox.ledger.predictions).toEqual([]);
		expect({ name: error?.name, parameter: context.parameter, itemIndex: context.itemIndex }).toEqual({
			name: 'ExpressionError',
			parameter: 'text',
			itemIndex: 0,
		});
	});

	test('an expression that n8n can not read is named, and is no fault of the node', async () => {
		const { error } = await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text: '={{ $json.title + }}' },
			[await itemWithFiles({ data: await testMedia.picture(40, 30) })],
		);
		expect(error?.message).toBe(
			"An expression of this node has a form that n8n can't read: ={{ $json.title + }}",
		);
		expect(error?.description).toContain('a bracket, a brace or a quotation mark');
		expect(sandbox.ledger.predictions).toEqual([]);
	});
});
