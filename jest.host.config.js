// `npm run test:host`: the packed package in real n8n hosts. Apart from `npm test`, since a host has 3 GB.
/** @type {import('jest').Config} */
module.exports = {
	...require('./jest.config'),
	testMatch: ['<rootDir>/test/host/**/*.host.ts'],
	testTimeout: 120_000,
};
