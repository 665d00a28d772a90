import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageRules } from '../../scripts/packageRules';
import { packPackage, type PackedPackage } from '../../scripts/packPackage';

describe('the published package', () => {
	let workFolder: string;
	let packed: PackedPackage;

	beforeAll(async () => {
		workFolder = await mkdtemp(path.join(tmpdir(), 'eachlabs-package-'));
		packed = await packPackage(workFolder);
	}, 60_000);

	afterAll(() => rm(workFolder, { recursive: true, force: true }));

	test.each(packageRules)('$label', ({ findings }) => {
		expect(findings(packed)).toEqual([]);
	});

	test('is not let through with anything else in it', async () => {
		const folder = await mkdtemp(path.join(workFolder, 'tampered-'));
		await writeFile(
			path.join(folder, 'package.json'),
			JSON.stringify({
				dependencies: { undici: '7.0.0' },
				peerDependencies: { 'n8n-workflow': '*', zod: '3' },
				n8n: { nodes: ['dist/nodes/Gone/Gone.node.js'] },
			}),
		);
		await writeFile(
			path.join(folder, 'extra.js'),
			'// node_modules/zod/index.js\nrequire("undici");\n//# sourceMappingURL=extra.js.map',
		);
		const tampered = { ...packed, folder, files: ['package.json', 'extra.js'], unpackedBytes: 500_001 };

		expect(packageRules.filter(({ findings }) => findings(tampered).length === 0)).toEqual([]);
	});
});
