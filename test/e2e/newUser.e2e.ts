import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { fetch } from 'undici';

import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { programEnvironment } from '../host/runCommand';
import { RunningProgram } from '../host/RunningProgram';
import { EditorPage, startChromium } from './EditorPage';

const PROJECT_FOLDER = path.join(__dirname, '../..');
const MAX_CLICKS = 6;

describe.each(hostReleases)('a new user after npm run n8n, in n8n $n8nVersion', (release) => {
	let program: RunningProgram;
	let browser: Browser;

	beforeAll(async () => {
		program = new RunningProgram({
			name: 'npm run n8n',
			program: 'npm',
			args: ['run', '--silent', 'n8n', '--', '--n8n', release.n8nVersion, '--port', '0'],
			cwd: PROJECT_FOLDER,
			env: programEnvironment(),
			isReady: () => Promise.resolve(program.printed.includes('Ctrl-C')),
		});
		await program.waitUntilReady(installTimeoutMs);
		browser = await startChromium();
	}, installTimeoutMs);

	afterAll(async () => {
		await (browser as Browser | undefined)?.close();
		// It stops an n8n in a group of its own, which it gives a quarter of a minute.
		await program.stop(60_000);
	}, 90_000);

	/** What the program says behind a word. */
	function told(pattern: RegExp): string {
		const found = pattern.exec(program.printed)?.[1];
		if (found === undefined)
			throw new Error(`The program does not say ${String(pattern)}:\n${program.printed}`);
		return found;
	}

	test(`runs the alt text example, changes the text, and sees the result, in ${MAX_CLICKS} clicks`, async () => {
		const url = told(/Editor +(http\S+)/);
		const example = told(/(http\S+\/workflow\/\S+) +Alt texts/);
		const owner = { email: told(/Login +([^\s,]+)/), password: told(/password (\S+)/) };
		const folder = path.join(PROJECT_FOLDER, 'node_modules/.cache/editor-pictures', release.n8nVersion);
		const editor = await EditorPage.open(browser, url, { width: 1440, height: 900, theme: 'light' }, folder);

		await editor.goTo(example.slice(url.length));
		await editor.signIn(owner);
		await editor.node('Write Alt Texts').waitFor();
		await editor.executeWorkflow('Result Row');
		await editor.openNode('Write Alt Texts');
		await editor.writeParameter('text', 'For our market');
		await editor.executeStep();
		await editor.output('ndv-data-container').getByText('asked "For our market": a').first().waitFor();
		await editor.takePicture('new-user');

		expect(editor.clicks).toBeLessThanOrEqual(MAX_CLICKS);
		expect(editor.newComplaints()).toEqual([]);
		await editor.close();
	}, 120_000);

	test('stops it all with Ctrl-C', async () => {
		const media = told(/Files +(\S+)/);
		const url = told(/Editor +(http\S+)/);
		await program.stop(60_000, 'SIGINT');
		expect(program.printed).toContain('Stopping.');
		await expect(access(media)).rejects.toThrow('ENOENT');
		await expect(fetch(url)).rejects.toThrow('fetch failed');
	}, 90_000);
});
