import { chooseBinaryDataMode } from '../../support/engineEnvironment';

import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';

import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

chooseBinaryDataMode('filesystem');

const LOOKS = 10;
const UPLOADS = 3;

describe('an item with many files', () => {
	const sandbox = sandboxPerTest();

	test('has only some of them open at once', async () => {
		const item = await itemWithFiles(
			Object.fromEntries(
				await Promise.all(
					Array.from(
						{ length: 60 },
						async (_, index) => [`photo${index}`, await testMedia.picture(40 + index, 30)] as const,
					),
				),
			),
		);
		const service = Container.get(BinaryDataService);
		const getAsStream = service.getAsStream.bind(service);
		let open = 0;
		let mostOpen = 0;
		const spy = jest.spyOn(service, 'getAsStream').mockImplementation(async (...args) => {
			const stream = await getAsStream(...args);
			mostOpen = Math.max(mostOpen, ++open);
			stream.once('close', () => (open -= 1));
			return stream;
		});
		const { status } = await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text: 'What do they show?', binaryPropertyName: '*' },
			[item],
		);
		spy.mockRestore();

		expect(status).toBe('success');
		expect(sandbox.ledger.predictions[0]?.input['image_urls']).toHaveLength(60);
		expect(mostOpen).toBeGreaterThan(1);
		expect(mostOpen).toBeLessThanOrEqual(LOOKS + UPLOADS);
		expect(open).toBe(0);
	});
});
