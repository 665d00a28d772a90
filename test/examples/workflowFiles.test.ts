import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import { EachLabs } from '../../nodes/EachLabs/EachLabs.node.ts';
import type { WorkflowFile } from '../support/workflowEngine';

const folder = join(__dirname, '../../examples');
const fileNames = ['', 'migration/'].flatMap((inner) =>
	readdirSync(join(folder, inner))
		.filter((name) => name.endsWith('.json'))
		.map((name) => `${inner}${name}`),
);
/** What users of the package come from; it has no step of ours. */
const withoutOurNode = 'migration/http-request-loop.json';

/** Type versions that n8n 1.123 and 2.x both have. */
const TYPE_VERSIONS: Record<string, number> = {
	'n8n-nodes-base.manualTrigger': 1,
	'n8n-nodes-base.scheduleTrigger': 1.2,
	'n8n-nodes-base.readWriteFile': 1,
	'n8n-nodes-base.set': 3.4,
	'n8n-nodes-base.switch': 3.2,
	'n8n-nodes-base.merge': 3.2,
	'n8n-nodes-base.httpRequest': 4.2,
	'n8n-nodes-base.splitInBatches': 3,
	'n8n-nodes-base.wait': 1.1,
	'n8n-nodes-base.if': 2.2,
	'n8n-nodes-base.noOp': 1,
	'n8n-nodes-base.convertToFile': 1.1,
	'n8n-nodes-base.emailReadImap': 2,
	'n8n-nodes-base.emailSend': 2.1,
	'n8n-nodes-base.removeDuplicates': 2,
	'n8n-nodes-base.stickyNote': 1,
	'n8n-nodes-eachlabs.eachLabs': 1,
	'n8n-nodes-eachlabs.eachLabsTrigger': 1,
};

/** On n8n's canvas, with the name below it. */
const NODE_SIZE = 96;
const LABEL_HEIGHT = 40;

test('there are example workflows', () =>
	expect(fileNames.sort()).toEqual([
		'alt-text.json',
		'batches.json',
		'catalogue-tagging.json',
		'compare.json',
		'hundreds.json',
		'long-video.json',
		'media-review.json',
		'migration/each-labs.json',
		'migration/http-request-loop.json',
		'moderation.json',
		'receipts.json',
		'voice-notes.json',
		'wordpress.json',
	]));

describe.each(fileNames)('%s', (fileName) => {
	const text = readFileSync(join(folder, fileName), 'utf8');
	const workflow = JSON.parse(text) as WorkflowFile & { id: string; active: boolean; pinData?: unknown };
	const eachLabsNodes = workflow.nodes.filter(({ type }) => type === 'n8n-nodes-eachlabs.eachLabs');

	test('can be imported: an id of at most 21 characters, a name, not active, order v1', () => {
		expect(workflow.id).toMatch(/^\w{1,21}$/);
		expect(workflow.name).toMatch(/\w/);
		expect(workflow.active).toBe(false);
		expect(workflow.settings).toEqual({ executionOrder: 'v1' });
	});

	test('brings no pinned data, no key and no path of a machine', () => {
		// Empty, not missing: without the key the editor refuses to execute a single step a second time.
		expect(workflow.pinData).toEqual({});
		// A note may name the word that stands before a key, but no key may follow it.
		expect(text).not.toMatch(/apiKey|Bearer\s|password|127\.0\.0\.1|localhost/i);
		expect(text.replaceAll('/home/node/.n8n-files/', '')).not.toMatch(
			/\/(home|root|tmp|work|Users|var)\/|[A-Z]:\\\\/,
		);
	});

	test('has node ids and names once each', () => {
		for (const key of ['id', 'name'] as const) {
			const values = workflow.nodes.map((node) => node[key]);
			expect(new Set(values).size).toBe(values.length);
		}
	});

	test.each(workflow.nodes.map((node): [string, INode] => [node.name, node]))(
		"'%s' has a type and a type version that both n8n lines know",
		(_name, { type, typeVersion }) => expect(typeVersion).toBe(TYPE_VERSIONS[type]),
	);

	test('connects nodes that there are, and leaves only notes alone', () => {
		const names = new Set(workflow.nodes.map(({ name }) => name));
		const connected = Object.entries(workflow.connections).flatMap(([source, { main = [] }]) => [
			source,
			...main.flatMap((targets) => (targets ?? []).map(({ node }) => node)),
		]);
		for (const name of connected) expect(names).toContain(name);
		const alone = workflow.nodes.filter(({ name }) => !connected.includes(name));
		expect(alone.map(({ type }) => type)).toEqual(alone.map(() => 'n8n-nodes-base.stickyNote'));
		expect(alone.length).toBeGreaterThan(0);
	});

	const isMigration = fileName.startsWith('migration/');
	const frameOf = ({ position: [left, top], parameters, type }: INode): Frame =>
		type === 'n8n-nodes-base.stickyNote'
			? { left, top, width: Number(parameters.width), height: Number(parameters.height) }
			: { left, top, width: NODE_SIZE, height: NODE_SIZE + LABEL_HEIGHT };

	test('has a yellow note that says what it is for, and white ones in even gaps', () => {
		if (isMigration) return;
		const notes = workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		const [main, ...others] = notes;
		expect(main?.parameters.color).toBeUndefined();
		for (const heading of ['Who it is for', 'How it works', 'Set up', 'Change it'])
			expect(main?.parameters.content).toContain(`### ${heading}\n`);
		expect(others.map(({ parameters }) => parameters.color)).toEqual(others.map(() => 7));
		const frames = notes.map(frameOf);
		const gaps = frames.slice(1).map(({ left }, index) => left - rightOf(frames[index]));
		expect(gaps).toEqual(gaps.map(() => 16));
	});

	test('has each step within one note, and none upon another', () => {
		if (isMigration) return;
		const steps = workflow.nodes.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote').map(frameOf);
		const notes = workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote').map(frameOf);
		for (const step of steps) {
			expect(notes.filter((note) => isWithin(step, note))).toHaveLength(1);
			expect(steps.filter((other) => other !== step && overlaps(other, step))).toEqual([]);
		}
	});

	test('has Each Labs nodes with a credential, that keep going when one file fails', () => {
		expect(eachLabsNodes.length > 0).toBe(fileName !== withoutOurNode);
		for (const { credentials, onError } of eachLabsNodes) {
			expect(credentials).toEqual({ eachLabsApi: { id: expect.any(String), name: 'Each Labs account' } });
			expect(onError).toBe('continueRegularOutput');
		}
	});

	test('chooses resources and operations that the node has', () => {
		const { properties } = new EachLabs().description;
		for (const { parameters } of eachLabsNodes) {
			const operations = properties.filter(
				({ name, displayOptions }) =>
					name === 'operation' && displayOptions?.show?.resource?.includes(parameters.resource as string),
			);
			const values = operations.flatMap(({ options = [] }) =>
				options.map((option) => ('value' in option ? option.value : undefined)),
			);
			expect(values).toContain(parameters.operation);
		}
	});
});

interface Frame {
	readonly left: number;
	readonly top: number;
	readonly width: number;
	readonly height: number;
}

function rightOf(frame: Frame | undefined): number {
	return frame === undefined ? NaN : frame.left + frame.width;
}

function isWithin(inner: Frame, outer: Frame): boolean {
	return (
		inner.left >= outer.left &&
		inner.top >= outer.top &&
		rightOf(inner) <= rightOf(outer) &&
		inner.top + inner.height <= outer.top + outer.height
	);
}

function overlaps(one: Frame, other: Frame): boolean {
	return (
		one.left < rightOf(other) &&
		other.left < rightOf(one) &&
		one.top < other.top + other.height &&
		other.top < one.top + one.height
	);
}
