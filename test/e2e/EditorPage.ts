import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

import type { Owner } from '../host/N8nApi';

const CHROMIUM_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ACTION_TIMEOUT_MS = 30_000;

/**
 * What the browser complains of in a fresh n8n with its own nodes alone: nobody is logged in yet, a workflow has never run,
 * and features that are switched off here or need a licence.
 */
const N8N_COMPLAINTS: readonly RegExp[] = [
	/\/rest\/login\b/,
	/\/executions\/last-successful\b/,
	/\/rest\/ai\/sessions\b|Failed to fetch sessions metadata/,
	/\bversions\.store-/,
	/^Error: injectNDVStore\(\) was accessed without an active workflow/,
];

/** How a person looks at the editor. */
export interface View {
	readonly width: number;
	readonly height: number;
	readonly theme: 'light' | 'dark';
}

/** @throws naming the Debian package where there is no Chromium */
export async function startChromium(): Promise<Browser> {
	for (const executablePath of CHROMIUM_PLACES) {
		const isThere = await access(executablePath).then(
			() => true,
			() => false,
		);
		if (isThere) {
			return await chromium.launch({
				executablePath,
				// Nothing but the pages under test is to be asked for.
				args: [
					'--no-sandbox',
					'--disable-gpu',
					'--disable-quic',
					'--disable-background-networking',
					'--disable-sync',
				],
			});
		}
	}
	throw new Error('The editor needs a Chromium to be looked at: apt-get install chromium');
}

/** n8n's editor in a browser, as a person uses it: what is clicked is counted, what the browser complains of is kept. */
export class EditorPage {
	/** How often the mouse was pressed since the page was opened; twice for a double click counts once. */
	clicks = 0;

	/** What the browser's console had of errors, and what nothing caught, with where it came from. */
	readonly complaints: string[] = [];

	private constructor(
		readonly page: Page,
		private readonly url: string,
		private readonly view: View,
		private readonly pictureFolder: string,
	) {
		page.setDefaultTimeout(ACTION_TIMEOUT_MS);
		page.on('console', (message) => {
			const { url: from } = message.location();
			if (message.type() !== 'error' || !isLoopback(from)) return;
			this.complaints.push(`${message.text()} (${from})`);
		});
		page.on('pageerror', (error) => this.complaints.push(`${error.message}\n${error.stack ?? ''}`));
		page.on('response', (response) => {
			if (response.status() >= 400) this.complaints.push(`${response.status()} ${response.url()}`);
		});
		// Leaving a workflow that is not saved.
		page.on('dialog', (dialog) => void dialog.accept());
	}

	/** @param url of the n8n */
	static async open(browser: Browser, url: string, view: View, pictureFolder: string): Promise<EditorPage> {
		const { width, height, theme } = view;
		const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
		// The editor asks the npm registry for news of a package; nothing outside this machine is to be asked here.
		await context.route(
			({ href }) => !isLoopback(href),
			async (route) => await route.abort(),
		);
		await mkdir(pictureFolder, { recursive: true });
		return new EditorPage(await context.newPage(), url, view, pictureFolder);
	}

	async close(): Promise<void> {
		await this.page.context().close();
	}

	async goTo(route: string): Promise<void> {
		await this.page.goto(`${this.url}${route}`);
	}

	async signIn({ email, password }: Owner): Promise<void> {
		await this.page.locator('input[type=email]').fill(email);
		await this.page.locator('input[type=password]').fill(password);
		await this.click(this.page.getByRole('button', { name: 'Sign in' }));
	}

	/** By the name that n8n gives its parts for tests. */
	part(testId: string): Locator {
		return this.page.locator(`[data-test-id="${testId}"]`);
	}

	async click(target: Locator): Promise<void> {
		await target.click();
		this.clicks += 1;
	}

	node(name: string): Locator {
		return this.part('canvas-node').filter({ hasText: name });
	}

	async openNode(name: string): Promise<void> {
		await this.node(name).dblclick();
		this.clicks += 1;
		await this.part('ndv').waitFor();
	}

	/** 'Execute workflow', until every node of the row has its mark of success. */
	async executeWorkflow(lastNode: string): Promise<void> {
		await this.click(this.part('execute-workflow-button'));
		await this.node(lastNode).locator('[data-test-id="canvas-node-status-success"]').waitFor();
	}

	/** Writes into a text parameter of the open node. */
	async writeParameter(name: string, text: string): Promise<void> {
		const field = this.part(`parameter-input-${name}`).locator('textarea, input').first();
		await this.click(field);
		await field.fill(text);
	}

	async executeStep(): Promise<void> {
		await this.click(this.part('node-execute-button'));
	}

	/** Of the open node's output panel. */
	output(testId: string): Locator {
		return this.part('output-panel').locator(`[data-test-id="${testId}"]`);
	}

	async showOutputAs(mode: 'schema' | 'table' | 'json'): Promise<void> {
		await this.click(this.output(`radio-button-${mode}`));
	}

	/** Opens the list of nodes and types a word into its search. Answers what it finds, best first. */
	async searchNodes(word: string): Promise<string[]> {
		const search = this.part('node-creator-search-bar');
		if (!(await search.isVisible())) {
			const first = this.part('canvas-plus-button');
			await this.click((await first.isVisible()) ? first : this.part('node-creator-plus-button'));
		}
		const names = this.part('node-creator').locator('[data-test-id="node-creator-item-name"]');
		const ours = names.filter({ hasText: /^\s*Each Labs\s*$/ }).first();
		// What a search before found stays until the next one has found something, or nothing.
		await search.fill('no such node');
		await ours.waitFor({ state: 'hidden' });
		await search.fill(word);
		await ours.waitFor();
		return (await names.allInnerTexts()).map((name) => name.trim());
	}

	/** Keeps a picture of what is on the screen, without passing messages, under a name that tells the view. */
	async takePicture(name: string): Promise<void> {
		for (const close of await this.page.locator('.el-notification__closeBtn').all()) {
			await close.click({ timeout: 2_000 }).catch(() => undefined);
		}
		await this.page.locator('.el-notification').first().waitFor({ state: 'hidden' });
		// While something runs, its button has no words.
		for (const testId of ['node-execute-button', 'execute-workflow-button']) {
			const button = this.part(testId).first();
			if (await button.isVisible()) await button.filter({ hasText: /\w/ }).waitFor();
		}
		const { width, height, theme } = this.view;
		const file = `${name}-${width}x${height}-${theme}.png`;
		await this.page.screenshot({ path: path.join(this.pictureFolder, file), animations: 'disabled' });
	}

	/** Complaints that n8n does not have without our package too. */
	newComplaints(): string[] {
		return this.complaints.filter((complaint) => !N8N_COMPLAINTS.some((known) => known.test(complaint)));
	}
}

function isLoopback(address: string): boolean {
	return !URL.canParse(address) || ['127.0.0.1', ''].includes(new URL(address).hostname);
}
