// `npm run test:e2e`: the packed package in real n8n hosts. Apart from `npm test`, since a host has 3 GB.
/** @type {import('jest').Config} */
module.exports = {
	...require('./jest.config'),
	testMatch: ['<rootDir>/test/e2e/**/*.e2e.ts'],
	// Hosts beside each other would fight for the machine, and their time limits with it.
	maxWorkers: 1,
	testTimeout: 120_000,
	reporters: ['default', '<rootDir>/test/e2e/CompatibilityReporter.js'],
};
