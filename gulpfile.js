'use strict';

const { readFile, rm, stat, writeFile } = require('node:fs/promises');
const { existsSync } = require('node:fs');
const path = require('node:path');
const { Transform } = require('node:stream');
const { parseArgs } = require('node:util');
const swc = require('@swc/core');
const esbuild = require('esbuild');
const { Linter } = require('eslint');
const { dest, parallel, series, src } = require('gulp');
const { leanFormats } = require('./scripts/build/leanFormats');
const { leanRe2, ownMembers } = require('./scripts/build/leanRe2');

// `gulp build --dist FOLDER` builds elsewhere, so that tests never touch a build that someone else is using.
const { values: flags } = parseArgs({ options: { dist: { type: 'string' } }, strict: false });
const distFolder = path.resolve(typeof flags.dist === 'string' ? flags.dist : 'dist');

// What the host gives to every community node. Anything else must end up inside the bundle.
const providedByHost = ['n8n-workflow', 'zod', 'zod/*', 'crypto', 'node:crypto'];

/** How large a published file may be. A library that was inlined by mistake (zod is 500 kB) goes over it. */
const maxBundleBytes = 350_000;

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
			const source = await readFile(file, 'utf8');
			const isFormats = /[\\/]@cfworker[\\/]json-schema[\\/].*[\\/]format\.js$/.test(file);
			const { code } = await esbuild.transform(isFormats ? leanFormats(source) : source, {
				minify: true,
				legalComments: 'inline',
				charset: 'utf8',
				target: 'node20',
			});
			return { contents: code, loader: 'js' };
		});
	},
};

/**
 * re2js, a quarter of the package, is a file of its own beside the one that needs it. That is read with the first pattern, so that
 * the nodes load without it.
 */
const re2WhenUsed = {
	name: 're2-when-used',
	setup(build) {
		const { outfile } = build.initialOptions;
		build.onResolve({ filter: /^re2js$/ }, ({ path: name }) => ({ path: name, namespace: 'when-used' }));
		build.onLoad({ filter: /.*/, namespace: 'when-used' }, async () => {
			const target = path.join(path.dirname(outfile), 're2js.js');
			const members = ownMembers(leanRe2(await readFile(re2Module, 'utf8')), RE2_USED);
			await bundleOne(
				{
					stdin: { contents: `export { RE2JS } from '${re2Module}'`, resolveDir: __dirname },
					outfile: target,
					mangleProps: new RegExp(`^(?:${members.join('|')})$`),
				},
				[leanLibrary],
			);
			return { contents: readWhenUsed('./re2js.js', ['RE2JS']) };
		});
	},
};

/**
 * A module in place of a file's exports. The file is read when one of them is first asked for, and kept: an update of the package
 * clears Node's cache of modules and takes the file away, while what is running still reads answers that were paid for.
 */
function readWhenUsed(file, names) {
	return `require('kept:${file}').show(exports, ${JSON.stringify(names)});`;
}

/** One for all that stand in place of a file. */
const keptFiles = {
	name: 'kept-files',
	setup(build) {
		build.onResolve({ filter: /^kept:/ }, ({ path: name }) => ({
			path: name.slice('kept:'.length),
			namespace: 'kept',
		}));
		build.onResolve({ filter: /./, namespace: 'kept' }, ({ path: name }) => ({ path: name, external: true }));
		build.onLoad({ filter: /./, namespace: 'kept' }, ({ path: file }) => ({
			contents: `let kept;
				exports.show = (module, names) => {
					for (const name of names)
						Object.defineProperty(module, name, { get: () => (kept ??= require('${file}'))[name] });
				};`,
		}));
	},
};

/**
 * The rooms that read answers and schemas, a fifth of the code, are a file of their own, too. What reads an answer has asked for it
 * by a schema or a prompt of these rooms, so the file has been read before anything is bought.
 */
const answersWhenUsed = {
	name: 'answers-when-used',
	setup(build) {
		const { outfile } = build.initialOptions;
		const isAnswers = (file) => /[\\/]core[\\/](?:answer|schema)[\\/]/.test(file);
		const used = new Set();
		build.onResolve({ filter: /\/(?:answer|schema)\/[\w/]+$/ }, ({ path: name, importer, resolveDir }) => {
			const file = path.join(resolveDir, `${name}.ts`);
			if (!isAnswers(file) || isAnswers(importer)) return undefined;
			used.add(file);
			return { path: file, namespace: 'answers' };
		});
		build.onLoad({ filter: /.*/, namespace: 'answers' }, async ({ path: file }) => {
			const source = await readFile(file, 'utf8');
			const unread = /^export (?!(?:function|class|const|type|interface) \w).*/m.exec(source);
			if (unread) throw new Error(`${file} exports in a way that is not read here: ${unread[0]}`);
			const exported = source.matchAll(/^export (?:function|class|const) (\w+)/gm);
			return {
				contents: readWhenUsed(
					'./answers.js',
					Array.from(exported, ([, name]) => name),
				),
			};
		});
		build.onEnd(async () => {
			if (used.size === 0) return;
			const contents = [...used].map((file) => `export * from ${JSON.stringify(file)};`).join('\n');
			await bundleOne(
				{
					stdin: { contents, resolveDir: '.', loader: 'ts' },
					outfile: path.join(path.dirname(outfile), 'answers.js'),
				},
				[oneErrorClass(`./${path.basename(outfile)}`), re2WhenUsed, shortLibraries],
			);
		});
	},
};

/** An error is known by its class, so there is one for all files: the nodes'. */
const errorsFile = 'nodes/EachLabs/core/PredictionError.ts';
const oneErrorClass = (nodeFile) => ({
	name: 'one-error-class',
	setup(build) {
		build.onResolve({ filter: /\/PredictionError$/ }, () => {
			if (!existsSync(errorsFile)) throw new Error(`${errorsFile} is not there for the nodes to share`);
			return { path: nodeFile, external: true };
		});
	},
});

/** What core/schema/pattern asks of re2js, by name. */
const RE2_USED = ['compile', 'translateRegExp', 'programSize', 'test', 'message'];
const re2Module = require
	.resolve('re2js')
	.replace(/\.cjs$/, '.js')
	.replaceAll('\\', '/');
const leanLibrary = {
	name: 'lean-library',
	setup(build) {
		build.onLoad({ filter: /[\\/]re2js[\\/]/ }, async ({ path: file }) => ({
			contents: leanRe2(await readFile(file, 'utf8')),
		}));
	},
};

/**
 * Bundles what package.json names: the credentials each into a file of its own, and all nodes into that of the first one, since
 * they share most of their code. The files of the others hand on their class from there.
 */
async function bundle() {
	const { n8n } = JSON.parse(await readFile('package.json', 'utf8'));
	const sourceOf = (file) => file.replace(/^dist\//, '').replace(/\.js$/, '.ts');
	const [firstNode, ...otherNodes] = n8n.nodes;
	const allNodes = [...n8n.nodes.map(sourceOf), ...(existsSync(errorsFile) ? [errorsFile] : [])]
		.map((file) => `export * from './${file}';`)
		.join('\n');
	const builds = [
		{ entryPoints: n8n.credentials.map(sourceOf), outbase: '.', outdir: distFolder },
		{
			stdin: { contents: allNodes, resolveDir: '.', loader: 'ts' },
			outfile: path.join(distFolder, path.relative('dist', firstNode)),
		},
	];
	for (const build of builds) await bundleOne(build);
	for (const file of otherNodes) {
		const className = path.basename(file, '.node.js');
		const home = `./${path.relative(path.dirname(file), firstNode)}`;
		const written = path.join(distFolder, path.relative('dist', file));
		await writeFile(written, `"use strict";\nexports.${className} = require("${home}").${className};\n`);
	}
}

async function bundleOne(build, plugins = [re2WhenUsed, answersWhenUsed, shortLibraries]) {
	const { metafile } = await esbuild.build({
		...build,
		bundle: true,
		format: 'cjs',
		platform: 'node',
		target: 'node20',
		// A field without a value is not written down.
		tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
		external: providedByHost,
		// The sources are where the package's provenance points; what is published is in its shortest form, so that the package
		// stays small.
		minify: true,
		legalComments: 'eof',
		charset: 'utf8',
		metafile: true,
		logLevel: 'warning',
		plugins: [...plugins, keptFiles],
		// RE2 would use the host's own coders where there are some; n8n Cloud has no `globalThis`, and ours never needs them.
		define: { 'globalThis.TextEncoder': 'undefined', 'globalThis.TextDecoder': 'undefined' },
	});
	for (const [file, { imports }] of Object.entries(metafile.outputs)) {
		checkImports(file, imports);
		await shorten(file);
		await checkCode(file);
	}
}

/** Takes out what esbuild leaves, a fiftieth: names that are used once, and helpers that a file does not need. */
async function shorten(file) {
	let code = await readFile(file, 'utf8');
	// What the first time has shortened lets the second one shorten more.
	for (let time = 0; time < 2; time++) {
		({ code } = await swc.minify(code, {
			// What moves code to other places stays off: it saves next to nothing.
			compress: { inline: 0, collapse_vars: false },
			mangle: { toplevel: true },
			toplevel: true,
			module: false,
			ecma: 2022,
			format: { comments: 'some' },
		}));
	}
	await writeFile(file, code);
}

function checkImports(file, imports) {
	const isProvided = (name) =>
		providedByHost.includes(name) || name.startsWith('zod/') || /^\.\/[\w.]+\.js$/.test(name);
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

function inOneLine(file, _encoding, done) {
	file.contents = Buffer.from(JSON.stringify(JSON.parse(String(file.contents))));
	done(null, file);
}

function copyCodexFiles() {
	return src('nodes/**/*.node.json')
		.pipe(new Transform({ objectMode: true, transform: inOneLine }))
		.pipe(dest(path.join(distFolder, 'nodes')));
}

exports.build = series(clean, parallel(bundle, copyIcons, copyCodexFiles));
