'use strict';

const { readFile, rm, stat } = require('node:fs/promises');
const path = require('node:path');
const { parseArgs } = require('node:util');
const esbuild = require('esbuild');
const { Linter } = require('eslint');
const { dest, parallel, series, src } = require('gulp');

// `gulp build --dist FOLDER` builds elsewhere, so that tests never touch a build that someone else is using.
const { values: flags } = parseArgs({ options: { dist: { type: 'string' } }, strict: false });
const distFolder = path.resolve(typeof flags.dist === 'string' ? flags.dist : 'dist');

// What the host gives to every community node. Anything else must end up inside the bundle.
const providedByHost = ['n8n-workflow', 'zod', 'zod/*', 'crypto', 'node:crypto'];

/** How large a published file may be. A library that was inlined by mistake (zod is 500 kB) goes over it. */
const maxBundleBytes = 430_000;

// n8n Cloud refuses a package whose published code uses these. The whole check is `npm run lint:package`;
// this one is here because it takes a tenth of a second, and says so at once.
const cloudRules = {
	'no-console': 'error',
	'no-eval': 'error',
	'no-new-func': 'error',
	'no-restricted-globals': [
		'error',
		...['process', 'global', 'globalThis', '__dirname', '__filename', 'console'],
		...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'],
	],
};

async function clean() {
	await rm(distFolder, { recursive: true, force: true });
}

/** Inlined libraries, whose own files are theirs to read, are shortened in full; they keep their licence texts. */
const shortLibraries = {
	name: 'short-libraries',
	setup(build) {
		build.onLoad({ filter: /[\\/]node_modules[\\/].*\.m?js$/ }, async ({ path: file }) => {
			const { code } = await esbuild.transform(await readFile(file, 'utf8'), {
				minify: true,
				legalComments: 'inline',
				charset: 'utf8',
				target: 'node20',
			});
			return { contents: code, loader: 'js' };
		});
	},
};

/** Bundles every node and credential that package.json names, each into the one file that the host loads. */
async function bundle() {
	const { n8n } = JSON.parse(await readFile('package.json', 'utf8'));
	const entryPoints = [...n8n.nodes, ...n8n.credentials].map((file) =>
		file.replace(/^dist\//, '').replace(/\.js$/, '.ts'),
	);
	const { metafile } = await esbuild.build({
		entryPoints,
		outbase: '.',
		outdir: distFolder,
		bundle: true,
		format: 'cjs',
		platform: 'node',
		target: 'node20',
		external: providedByHost,
		// The names in our own code stay as they are, since n8n's reviewers read it; without its indentation, and in its
		// shortest form, the package keeps under the 450 kB that it may have.
		minifyWhitespace: true,
		minifySyntax: true,
		lineLimit: 160,
		legalComments: 'eof',
		charset: 'utf8',
		metafile: true,
		logLevel: 'warning',
		// RE2 would use the host's own coders where there are some; n8n Cloud has no `globalThis`, and ours never needs them.
		define: { 'globalThis.TextEncoder': 'undefined', 'globalThis.TextDecoder': 'undefined' },
		plugins: [shortLibraries],
	});
	for (const [file, { imports }] of Object.entries(metafile.outputs)) {
		checkImports(file, imports);
		await checkCode(file);
	}
}

function checkImports(file, imports) {
	const isProvided = (name) => providedByHost.includes(name) || name.startsWith('zod/');
	const refused = imports.filter(({ external, path: name }) => external && !isProvided(name));
	if (refused.length === 0) return;
	const names = refused.map(({ path: name }) => `'${name}'`).join(', ');
	throw new Error(`${file} imports ${names}, which n8n Cloud does not allow.`);
}

async function checkCode(file) {
	const { size } = await stat(file);
	if (size > maxBundleBytes) {
		throw new Error(`${file} has ${size} bytes; at most ${maxBundleBytes} are allowed. What was inlined?`);
	}
	const messages = new Linter().verify(
		await readFile(file, 'utf8'),
		{ languageOptions: { ecmaVersion: 2024, sourceType: 'commonjs' }, rules: cloudRules },
		{ allowInlineConfig: false },
	);
	if (messages.length === 0) return;
	const places = messages.map(({ line, column, message }) => `  ${file}:${line}:${column} ${message}`);
	throw new Error(`n8n Cloud does not allow what the bundle uses:\n${places.join('\n')}`);
}

function copyIcons() {
	return src('icons/*.svg', { encoding: false }).pipe(dest(path.join(distFolder, 'icons')));
}

function copyCodexFiles() {
	return src('nodes/**/*.node.json').pipe(dest(path.join(distFolder, 'nodes')));
}

exports.build = series(clean, parallel(bundle, copyIcons, copyCodexFiles));
