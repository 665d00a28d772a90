/** @type {import('jest').Config} */
module.exports = {
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	transform: {
		'^.+\\.[jt]sx?$': [
			'@swc/jest',
			{
				jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } },
				module: { type: 'commonjs' },
			},
		],
	},
	// A host loads the node as CommonJS; these libraries ship ES modules only, so they are turned too.
	transformIgnorePatterns: [
		'/node_modules/(?!(json-schema-faker|p-limit|yocto-queue|music-metadata|media-typer|win-guid|token-types|strtok3|uint8array-extras|file-type|@tokenizer|@borewit)/)',
	],
	resolver: '<rootDir>/jest.resolver.js',
	testSequencer: '<rootDir>/jest.sequencer.js',
	// The tests mostly wait for the loopback; few workers on two cores would leave both idle.
	maxWorkers: 5,
	testTimeout: 30_000,
};
