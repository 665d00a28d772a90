import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const projectFolder = path.resolve(__dirname, '../..');

/** Builds a package whose one node has this code, in a folder from which the project's own libraries can be found. */
export async function buildSample(folder: string, code: string): Promise<string> {
	await mkdir(path.join(folder, 'nodes/Sample'), { recursive: true });
	await writeFile(
		path.join(folder, 'package.json'),
		JSON.stringify({ n8n: { nodes: ['dist/nodes/Sample/Sample.node.js'], credentials: [] } }),
	);
	await writeFile(path.join(folder, 'nodes/Sample/Sample.node.ts'), code);
	await run(
		process.execPath,
		[
			path.join(projectFolder, 'node_modules/gulp/bin/gulp.js'),
			...['--gulpfile', path.join(projectFolder, 'gulpfile.js'), '--cwd', folder],
			'build',
		],
		{ cwd: folder },
	);
	return await readFile(path.join(folder, 'dist/nodes/Sample/Sample.node.js'), 'utf8');
}

/** A new folder for one build, below the project's libraries. */
export async function sampleFolder(): Promise<string> {
	const cacheFolder = path.join(projectFolder, 'node_modules/.cache');
	await mkdir(cacheFolder, { recursive: true });
	return await mkdtemp(path.join(cacheFolder, 'eachlabs-build-'));
}
