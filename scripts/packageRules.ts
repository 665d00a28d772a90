import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PackedPackage } from './packPackage';

/** Something that is true of every package that we publish. */
export interface PackageRule {
	/** Completes the sentence 'The package …'. */
	readonly label: string;
	/** What in this package breaks the rule: one line a finding, none when it is kept. */
	readonly findings: (packed: PackedPackage) => string[];
}

interface Manifest {
	keywords?: string[];
	author?: { name?: string; email?: string };
	repository?: { url?: string };
	dependencies?: Record<string, string>;
	peerDependencies?: Record<string, string>;
	bundledDependencies?: string[];
	n8n?: { nodes?: string[]; credentials?: string[] };
}

const maxUnpackedBytes = 450_000;

/** Everything that a user's n8n needs, and nothing else: a new kind of file is added here on purpose or not at all. */
const publishedFile =
	/^(package\.json|README\.md|LICENSE|dist\/icons\/[\w.]+\.svg|dist\/nodes\/\w+\/(\w+\.node\.js(on)?|(re2js|answers)\.js)|dist\/credentials\/\w+\.credentials\.js)$/;

function manifestOf({ folder }: PackedPackage): Manifest {
	return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The published code: path inside the package and text. */
function codeOf({ folder, files }: PackedPackage): Array<{ file: string; code: string }> {
	return files
		.filter((file) => file.endsWith('.js'))
		.map((file) => ({ file, code: readFileSync(path.join(folder, file), 'utf8') }));
}

/** The rules that need no tool but our own eyes; `npm run lint:package` adds n8n's linter and the loading time. */
export const packageRules: readonly PackageRule[] = [
	{
		label: `has at most ${maxUnpackedBytes} bytes unpacked`,
		findings: ({ unpackedBytes }) =>
			unpackedBytes > maxUnpackedBytes ? [`it has ${unpackedBytes} bytes`] : [],
	},
	{
		label: 'holds no tests, no sources, no source maps, nothing that an n8n does not read',
		findings: ({ files }) => files.filter((file) => !publishedFile.test(file)),
	},
	{
		label: 'holds every file that its n8n section names',
		findings: (packed) => {
			const { nodes = [], credentials = [] } = manifestOf(packed).n8n ?? {};
			if (nodes.length === 0) return ['the n8n section names no node'];
			return [...nodes, ...credentials].filter((file) => !packed.files.includes(file));
		},
	},
	{
		label: 'depends on nothing but n8n-workflow, which the host has',
		findings: (packed) => {
			const { dependencies = {}, peerDependencies = {}, bundledDependencies = [] } = manifestOf(packed);
			const findings = [...Object.keys(dependencies), ...bundledDependencies].map(
				(name) => `${name} is a dependency`,
			);
			if (JSON.stringify(peerDependencies) !== '{"n8n-workflow":"*"}') {
				findings.push(`peerDependencies are ${JSON.stringify(peerDependencies)}`);
			}
			return findings;
		},
	},
	{
		label: 'can be found by n8n and traced to its source',
		findings: (packed) => {
			const { keywords = [], author, repository } = manifestOf(packed);
			return [
				...(keywords.includes('n8n-community-node-package')
					? []
					: ["the keyword 'n8n-community-node-package' is missing"]),
				...(author?.name && author.email ? [] : ['the author lacks a name or an email']),
				...(repository?.url?.startsWith('git+https://github.com/')
					? []
					: ['the repository is not on GitHub, where n8n looks for the source of a verified package']),
			];
		},
	},
	{
		label: 'takes zod from the host instead of bringing its own',
		findings: (packed) =>
			codeOf(packed)
				.filter(({ code }) => code.includes('node_modules/zod/'))
				.map(({ file }) => `${file} has zod in it`),
	},
	{
		label: 'requires only what the host gives, and its own files',
		findings: (packed) =>
			codeOf(packed).flatMap(({ file, code }) =>
				[...code.matchAll(/\brequire\("([^"]+)"\)/g)]
					.map(([, name = '']) => name)
					.filter(
						(name) =>
							!/^(\.\/([\w.]+\.node|re2js|answers)\.js|n8n-workflow|zod(\/.+)?|(node:)?crypto)$/.test(name),
					)
					.map((name) => `${file} requires ${name}`),
			),
	},
	{
		label: 'says nothing of the machine that it was built on',
		findings: (packed) =>
			codeOf(packed)
				.filter(({ code }) => code.includes(process.cwd()) || code.includes('sourceMappingURL'))
				.map(({ file }) => `${file} names a folder of this machine or a source map`),
	},
];
