import { readFileSync } from 'node:fs';
import path from 'node:path';

const projectFolder = path.resolve(__dirname, '../..');

interface LockedPackage {
	resolved?: string;
	link?: boolean;
	optionalDependencies?: Record<string, string>;
}

interface Manifest {
	version: string;
	dependencies?: Record<string, string>;
}

function readJson(file: string): unknown {
	return JSON.parse(readFileSync(path.join(projectFolder, file), 'utf8'));
}

const { packages } = readJson('package-lock.json') as { packages: Record<string, LockedPackage> };

describe('the dependencies', () => {
	test('are locked without the address of any registry, so that each user takes their own', () => {
		const addressed = Object.entries(packages)
			.filter(([, { resolved, link }]) => resolved !== undefined && link !== true)
			.map(([name]) => name);
		expect(addressed).toEqual([]);
	});

	test('are locked with the binaries for every system, without which npm ci refuses the lock file', () => {
		const missing = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
			Object.keys(optionalDependencies).filter(
				(name) => !(`${folder}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
			),
		);
		expect(missing).toEqual([]);
	});

	test("have a stand-in for n8n's AI SDK of the version that is asked for, or the real one comes with 350 MB", () => {
		const asker = readJson('node_modules/@n8n/node-cli/package.json') as Manifest;
		const standIn = readJson('tools/ai-node-sdk/package.json') as Manifest;
		expect(standIn.version).toBe(asker.dependencies?.['@n8n/ai-node-sdk']);
	});
});
