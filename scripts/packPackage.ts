import { execFile } from 'node:child_process';
import { access, copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const projectFolder = path.resolve(__dirname, '..');

/** The package as npm would publish it. */
export interface PackedPackage {
	readonly tarballPath: string;
	/** Where the tarball was unpacked: package.json and dist are in it. */
	readonly folder: string;
	/** Paths inside the package, as npm lists them. */
	readonly files: readonly string[];
	readonly unpackedBytes: number;
}

/**
 * Builds the package, packs it with npm and unpacks it again, all inside `workFolder`.
 *
 * The project's own dist folder stays as it is, so that this can go on beside a build, a demo or another test.
 * Throws with the output of the tool that refused.
 */
export async function packPackage(workFolder: string): Promise<PackedPackage> {
	const stageFolder = path.join(workFolder, 'stage');
	const unpackFolder = path.join(workFolder, 'unpacked');
	await mkdir(stageFolder, { recursive: true });
	await mkdir(unpackFolder, { recursive: true });

	// What npm looks at in a project's root: what it always packs, and what tells it to leave things out.
	for (const name of ['package.json', 'README.md', 'LICENSE', '.npmignore', '.gitignore']) {
		const source = path.join(projectFolder, name);
		if (await exists(source)) await copyFile(source, path.join(stageFolder, name));
	}
	const gulp = path.join(projectFolder, 'node_modules/gulp/bin/gulp.js');
	await run(process.execPath, [gulp, 'build', '--dist', path.join(stageFolder, 'dist')], {
		cwd: projectFolder,
	});
	const { stdout } = await run(
		'npm',
		['pack', stageFolder, '--json', '--ignore-scripts', '--pack-destination', workFolder],
		{ shell: process.platform === 'win32' },
	);
	const [packed] = JSON.parse(stdout) as [
		{ filename: string; unpackedSize: number; files: Array<{ path: string }> },
	];
	const tarballPath = path.join(workFolder, packed.filename);
	await run('tar', ['-xzf', tarballPath, '-C', unpackFolder, '--strip-components=1']);
	return {
		tarballPath,
		folder: unpackFolder,
		files: packed.files.map((file) => file.path),
		unpackedBytes: packed.unpackedSize,
	};
}

async function exists(file: string): Promise<boolean> {
	return await access(file).then(
		() => true,
		() => false,
	);
}
