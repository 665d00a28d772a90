import { execFileSync } from 'node:child_process';
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

	test('loads its nodes without what only answers need, and has one class of errors', () => {
		const program = `
			const loaded = () => Object.keys(require.cache).some((file) => /answers\\.js$|re2js\\.js$/.test(file));
			const { PredictionError } = require('./EachLabs.node.js');
			const atStart = loaded();
			const refusal = (() => {
				try {
					require('./answers.js').AnswerSchema.fromJsonSchema('no schema', 'The schema');
				} catch (error) {
					return error;
				}
			})();
			console.log(atStart, loaded(), refusal instanceof PredictionError);`;
		const told = execFileSync(process.execPath, ['-e', program], {
			cwd: path.join(packed.folder, 'dist/nodes/EachLabs'),
			encoding: 'utf8',
			env: { ...process.env, NODE_PATH: path.resolve(__dirname, '../../node_modules') },
		});
		expect(told.trim()).toBe('false true true');
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
