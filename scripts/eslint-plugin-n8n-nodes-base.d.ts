/** n8n's older plugin comes without types; this is the part of it that we use. */
declare module 'eslint-plugin-n8n-nodes-base' {
	import type { ESLint, Linter } from 'eslint';

	const plugin: ESLint.Plugin & { configs: { community: { rules: Linter.RulesRecord } } };
	export default plugin;
}
