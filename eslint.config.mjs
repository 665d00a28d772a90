import { config as n8nConfig } from '@n8n/node-cli/eslint';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What n8n's verification reads: it gets n8n's own rules for n8n Cloud, as they are, and no others. */
const publishedFiles = ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'];

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
