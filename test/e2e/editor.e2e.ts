import path from 'node:path';
import type { Browser, Locator } from 'playwright-core';

import { exampleWorkflow } from '../host/exampleWorkflow';
import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import type { ExportedWorkflow } from '../host/N8nHost';
import { owner } from '../host/owner';
import { EditorPage, startChromium, type View } from './EditorPage';
import { openHostScene, type HostScene } from './HostScene';
import { eachLabs, manualTrigger, readFiles, workflowOf } from './workflows';

/** Looked at by people after a change; the README's are chosen from them. */
const PICTURES_FOLDER = path.join(__dirname, '../../node_modules/.cache/editor-pictures');
const SMALL_LIGHT: View = { width: 1280, height: 720, theme: 'light' };
const LARGE_DARK: View = { width: 1920, height: 1080, theme: 'dark' };
const ALL_VIEWS: readonly View[] = [
	SMALL_LIGHT,
	{ width: 1280, height: 720, theme: 'dark' },
	{ width: 1920, height: 1080, theme: 'light' },
	LARGE_DARK,
];
/** Each size and each theme once, of the older release. */
const FEW_VIEWS: readonly View[] = [SMALL_LIGHT, LARGE_DARK];

describe.each(hostReleases)('the editor in a browser, in n8n $n8nVersion', (release) => {
	let scene: HostScene;
	let browser: Browser;

	beforeAll(async () => {
		scene = await openHostScene(release, { scenario: { runTimeMs: { min: 100, max: 300 } } });
		await scene.host.addMedia();
		browser = await startChromium();
	}, installTimeoutMs);

	afterAll(async () => {
		await (browser as Browser | undefined)?.close();
		await (scene as HostScene | undefined)?.close();
	}, 60_000);

	async function createWorkflows(): Promise<{
		altText: string;
		moderation: string;
		wrongField: string;
		options: string;
		run: string;
	}> {
		const pictures = readFiles(scene.host.mediaFolder, '*.{jpg,png}');
		const idOf = async (workflow: ExportedWorkflow): Promise<string> =>
			(await scene.api.createWorkflow(workflow)).id;
		return {
			altText: await idOf(await exampleWorkflow('alt-text.json', scene.host.mediaFolder)),
			moderation: await idOf(await exampleWorkflow('moderation.json', scene.host.mediaFolder)),
			wrongField: await idOf(
				workflowOf('A wrong field', [
					manualTrigger,
					pictures,
					eachLabs({ resource: 'image', operation: 'analyze', binaryPropertyName: 'photo' }),
				]),
			),
			options: await idOf(
				workflowOf('Fields and options', [
					manualTrigger,
					pictures,
					eachLabs({
						resource: 'image',
						operation: 'extract',
						attributes: {
							attributes: [{ name: 'color', type: 'string', description: 'Main color', required: true }],
						},
						options: { language: 'German', maxCost: 1, autoFix: true },
					}),
				]),
			),
			run: await idOf(
				workflowOf('A model of its own fields', [
					manualTrigger,
					pictures,
					eachLabs({
						resource: 'model',
						operation: 'run',
						modelId: {
							__rl: true,
							mode: 'list',
							value: 'sandbox-picture-words',
							cachedResultName: 'Sandbox Picture Words',
						},
						inputFiles: { files: [{ binaryPropertyName: 'data' }] },
					}),
				]),
			),
		};
	}

	describe.each(release === hostReleases[0] ? ALL_VIEWS : FEW_VIEWS)('at $width×$height, $theme', (view) => {
		let editor: EditorPage;
		let ids: Awaited<ReturnType<typeof createWorkflows>>;

		beforeAll(async () => {
			// Of its own, since n8n lets one page at a time change a workflow.
			ids = await createWorkflows();
			const folder = path.join(PICTURES_FOLDER, release.n8nVersion);
			editor = await EditorPage.open(browser, scene.n8n.url, view, folder);
			await editor.goTo('/signin');
			await editor.signIn(owner);
			await editor.part('main-sidebar-settings').or(editor.part('project-home-menu-item')).first().waitFor();
		}, 60_000);

		afterAll(async () => await (editor as EditorPage | undefined)?.close());

		const chosenModel = (): Locator =>
			editor
				.part('rlc-input')
				.locator('input')
				.or(editor.part('rlc-input').and(editor.page.locator('input')));

		/** By a part of its name; the list is open, or is opened. */
		const chooseModel = async (name: string): Promise<void> => {
			const search = editor.part('rlc-search').locator('input').or(editor.part('rlc-search')).last();
			if (!(await search.isVisible())) await chosenModel().click();
			await search.fill(name);
			await editor
				.part('rlc-item')
				.filter({ hasText: `Sandbox ${name}` })
				.first()
				.click();
			await expect(chosenModel().inputValue()).resolves.toBe(`Sandbox ${name}`);
		};

		test("'alt text', 'moderate' and 'image' find the node", async () => {
			await editor.goTo('/workflow/new');
			expect((await editor.searchNodes('alt text'))[0]).toBe('Each Labs');
			expect((await editor.searchNodes('moderate'))[0]).toBe('Each Labs');
			expect(await editor.searchNodes('image')).toContain('Each Labs');
			await editor.takePicture('search');
		});

		test('its actions are listed', async () => {
			await editor
				.part('node-creator-item-name')
				.filter({ hasText: /^\s*Each Labs\s*$/ })
				.first()
				.click();
			const creator = editor.part('node-creator');
			await creator.getByText('On prediction finished').waitFor();
			// The first step of a workflow is a trigger, so that the actions are folded up.
			await creator.getByText(/^\s*Actions \(\d+\)/).click();
			await creator.getByText('Generate alt text for image').waitFor();
			await editor.takePicture('actions');
		});

		test('an example runs, and its output can be read as a table and as a schema', async () => {
			await editor.goTo(`/workflow/${ids.altText}`);
			await editor.node('Write Alt Texts').waitFor();
			await editor.executeWorkflow('Result Row');
			await editor.takePicture('canvas');

			await editor.openNode('Write Alt Texts');
			await editor.showOutputAs('table');
			const table = editor.output('ndv-data-container').locator('table');
			for (const column of ['altText', 'decorative', 'predictionId', 'model', 'cost', 'predictTime']) {
				await table.locator('th').filter({ hasText: column }).first().waitFor();
			}
			await table.getByText('JPEG picture of').first().waitFor();
			await editor.takePicture('table');
			await editor.showOutputAs('schema');
			await editor.output('run-data-schema-item').filter({ hasText: 'altText' }).first().waitFor();
			await editor.takePicture('schema');
		});

		test('the model can be picked from the list', async () => {
			await chosenModel().click();
			const models = editor.part('rlc-item');
			for (const name of ['Gemini 2.0 Flash Lite', 'Sandbox Picture Question']) {
				await models.filter({ hasText: name }).first().waitFor();
			}
			await editor.takePicture('models');
			await chooseModel('Picture Question');
		});

		test('the credential says that it works', async () => {
			await editor.part('credential-edit-button').click();
			await editor.part('credentials-config-container-test-success').waitFor();
			const dialog = editor.part('credential-edit-dialog').or(editor.part('editCredential-modal')).first();
			for (const label of ['API Key', 'Base URL']) await dialog.getByText(label).first().waitFor();
			await editor.takePicture('credential');
			await editor.page.keyboard.press('Escape');
		});

		test('what went wrong is said where a user looks, with what to do', async () => {
			await editor.goTo(`/workflow/${ids.wrongField}`);
			await editor.node('Each Labs').waitFor();
			await editor.click(editor.part('execute-workflow-button'));
			await editor.openNode('Each Labs');
			const message = editor.output('node-error-message');
			await message.waitFor();
			expect(await message.innerText()).toContain("no binary field 'photo'");
			await editor.takePicture('error');
		});

		test('the outputs of a moderation have their names', async () => {
			await editor.goTo(`/workflow/${ids.moderation}`);
			const node = editor.node('Check Pictures');
			await node.waitFor();
			for (const name of ['Passed', 'Review', 'Blocked']) await node.getByText(name).first().waitFor();
			await editor.takePicture('moderation-canvas');
			await editor.openNode('Check Pictures');
			await editor.part('parameter-input-policies').waitFor();
			await editor.takePicture('moderation');
		});

		test('fields and options show what was chosen', async () => {
			await editor.goTo(`/workflow/${ids.options}`);
			await editor.node('Each Labs').waitFor();
			await editor.openNode('Each Labs');
			await editor.part('parameter-input-schemaType').waitFor();
			await editor.takePicture('extract');
			await editor.page.getByText('Max Cost').first().scrollIntoViewIfNeeded();
			await editor.takePicture('options');
		});

		test("a model's own fields are shown, filled in, and sent", async () => {
			await editor.goTo(`/workflow/${ids.run}`);
			await editor.node('Each Labs').waitFor();
			await editor.openNode('Each Labs');
			await editor.part('parameter-input-image_url').waitFor();
			await editor.writeParameter('prompt', 'What is in it?');
			const addField = editor.part('resource-mapper-container');
			await addField
				.getByText('Add field to send')
				.or(addField.getByPlaceholder('Add field to send'))
				.click();
			await editor.page.getByText('reasoning_effort', { exact: true }).first().click();
			await editor.part('parameter-input-reasoning_effort').waitFor();
			await editor.takePicture('run');
			await editor.executeStep();
			await editor.output('ndv-data-container').getByText('predictionId').first().waitFor();
			await editor.takePicture('run-output');
			// The model's own default, with which the editor fills a field that is added.
			const { input } = scene.sandbox.ledger.predictions.at(-1) ?? {};
			expect(input).toEqual({
				image_url: expect.stringMatching(/^http/),
				prompt: 'What is in it?',
				reasoning_effort: 'low',
			});

			await chooseModel('Picture Maker');
			await editor.part('parameter-input-image_url').waitFor({ state: 'hidden' });
			await editor.part('parameter-input-prompt').waitFor();
			await editor.takePicture('run-other-model');

			await editor.part('rlc-mode-selector').click();
			await editor.part('mode-id').click();
			await chosenModel().click();
			await chosenModel().fill('no-such-model');
			await editor.part('empty-fields-notice').getByText("'no-such-model' does not exist").waitFor();
			await editor.takePicture('run-no-such-model');
			await chosenModel().fill('sandbox-picture-words');
			await editor.part('parameter-input-image_url').waitFor();
		});

		test('the browser complains of nothing that n8n does not do without our package', () => {
			expect(editor.newComplaints()).toEqual([]);
		});
	});
});
