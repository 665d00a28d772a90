import { config as n8nConfig } from '@n8n/node-cli/eslint';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What n8n's verification reads: it gets n8n's own rules for n8n Cloud, as they are, and no others. */
const publishedFiles = ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'];

/** The rooms of the node, by floor: a room imports from the floors below it, and from nowhere else but itself. */
const floors = [
	['core/*.ts'],
	['core/schema/**', 'core/media/**', 'core/account/**'],
	['core/api/**', 'core/answer/**'],
	['core/prediction/**', 'core/upload/**', 'core/model/**'],
	['n8n/**'],
	['actions/**'],
	['methods/**', 'trigger/**'],
	['*.ts'],
];
/** Folders of `actions` whose operations nobody else needs. */
const resources = ['image', 'audio', 'prediction', 'model', 'file', 'account'];

const roomZones = floors.slice(0, -1).flatMap((rooms, floor) =>
	rooms.map((room) => ({
		target: `./nodes/EachLabs/${room}`,
		from: floors
			.slice(floor)
			.flat()
			.filter((other) => other !== room)
			.map((other) => `./nodes/EachLabs/${other}`),
		message: 'A room imports from the floors below it only: CONTRIBUTING.md has the plan of the house.',
	})),
);
const resourceZones = resources.map((resource) => ({
	target: `./nodes/EachLabs/actions/${resource}/**`,
	from: resources
		.filter((other) => other !== resource)
		.map((other) => `./nodes/EachLabs/actions/${other}/**`),
	message: 'What several resources use is in actions/media or actions/fields.',
}));

export default defineConfig(
	globalIgnores(['dist', 'coverage', 'demo-output']),
	{
		files: publishedFiles,
		// n8n's scan does not listen to comments that switch a rule off, so neither does this.
		linterOptions: { noInlineConfig: true },
		extends: [n8nConfig],
	},
	{
		files: ['**/*.ts'],
		ignores: publishedFiles,
		extends: [tseslint.configs.strictTypeChecked],
		languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
		rules: {
			// A number or a boolean in a template reads well, and cannot turn into '[object Object]'.
			'@typescript-eslint/restrict-template-expressions': [
				'error',
				{ allowNumber: true, allowBoolean: true },
			],
			// What implements an interface of promises is async, so that a throw in it becomes a rejection.
			'@typescript-eslint/require-await': 'off',
			// `() => stop()` is how a callback that answers nothing is written here.
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			'import-x/no-restricted-paths': ['error', { zones: [...roomZones, ...resourceZones] }],
			'import-x/no-cycle': ['error', { ignoreExternal: true }],
			'no-restricted-properties': [
				'error',
				{ object: 'URL', property: 'canParse', message: 'It errs in Node.js 20: core/parsedUrl says why.' },
			],
		},
	},
	{
		files: ['test/**/*.ts'],
		rules: {
			// Jest's matchers, as in `{ id: expect.any(String) }`, are of type any.
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'no-restricted-properties': [
				'error',
				...['describe', 'it', 'test'].map((object) => ({
					object,
					property: 'only',
					message: 'It would silence every other test.',
				})),
			],
		},
	},
	{
		files: ['**/*.js', '*.mjs', '*.cjs'],
		extends: [tseslint.configs.strict],
		languageOptions: { sourceType: 'module' },
		rules: { '@typescript-eslint/no-require-imports': 'off' },
	},
);
