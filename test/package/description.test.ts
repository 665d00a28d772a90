import { execFileSync } from 'node:child_process';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { packPackage, type PackedPackage } from '../../scripts/packPackage';

/** The public names: workflows out there depend on them. An operation is added to this table, never renamed in it. */
const operationsByResource = {
	account: ['getBalance'],
	audio: ['analyze', 'extract', 'transcribe'],
	document: ['analyze', 'extract'],
	file: ['delete', 'upload'],
	image: ['altText', 'analyze', 'classify', 'extract', 'moderate'],
	model: ['get', 'getMany', 'run'],
	prediction: ['cancel', 'create', 'get', 'getMany'],
	video: ['analyze', 'extract', 'moderate'],
};

interface LoadedPackage {
	node: { description: INodeTypeDescription; methods: Record<string, string[]> };
	credential: { name: string; displayName: string; icon: ThemeIcon; properties: INodeProperties[] };
}

/** What of the codex file beside the node decides where the editor lists it. */
interface NodeCodex {
	node: string;
	categories: string[];
	subcategories: Record<string, string[]>;
	alias: string[];
}

type ThemeIcon = { light: string; dark: string };

/** Loads the built files as a host does, which finds n8n-workflow and zod for them through NODE_PATH. */
function load({ folder }: PackedPackage): LoadedPackage {
	const program = `
		const { EachLabs } = require(${JSON.stringify(path.join(folder, nodeFile))});
		const { EachLabsApi } = require(${JSON.stringify(path.join(folder, credentialFile))});
		const { description, methods } = new EachLabs();
		const names = Object.entries(methods).map(([kind, table]) => [kind, Object.keys(table)]);
		const node = { description, methods: Object.fromEntries(names) };
		console.log(JSON.stringify({ node, credential: new EachLabsApi() }));`;
	const output = execFileSync(process.execPath, ['-e', program], {
		encoding: 'utf8',
		env: { ...process.env, NODE_PATH: path.resolve(__dirname, '../../node_modules') },
	});
	return JSON.parse(output) as LoadedPackage;
}

const nodeFile = 'dist/nodes/EachLabs/EachLabs.node.js';
const credentialFile = 'dist/credentials/EachLabsApi.credentials.js';

/** The choices of a list parameter. */
function choicesOf({ options = [] }: INodeProperties): INodePropertyOptions[] {
	return options as INodePropertyOptions[];
}

/** A property and everything inside it: a collection's fields, a fixed collection's groups and their fields. */
function withNested(property: INodeProperties): INodeProperties[] {
	if (property.type === 'collection')
		return [property, ...(property.options as INodeProperties[]).flatMap(withNested)];
	if (property.type !== 'fixedCollection') return [property];
	const groups = property.options as INodePropertyCollection[];
	return [property, ...groups.flatMap(({ values }) => values.flatMap(withNested))];
}

describe('the published node', () => {
	let workFolder: string;
	let packed: PackedPackage;
	let loaded: LoadedPackage;

	beforeAll(async () => {
		workFolder = await mkdtemp(path.join(tmpdir(), 'eachlabs-description-'));
		packed = await packPackage(workFolder);
		loaded = load(packed);
	}, 60_000);

	afterAll(() => rm(workFolder, { recursive: true, force: true }));

	/** The properties that the editor shows for these parameters, of the node or of the tool that n8n makes of it. */
	function visible(parameters: INodeParameters, name = loaded.node.description.name): INodeProperties[] {
		const description = { ...loaded.node.description, name };
		const filled = NodeHelpers.getNodeParameters(
			description.properties,
			parameters,
			true,
			false,
			{ typeVersion: 1 },
			description,
		);
		return description.properties.filter((property) =>
			NodeHelpers.displayParameter(filled ?? {}, property, { typeVersion: 1 }, description),
		);
	}

	/** Every resource and operation, both places that media can come from, and every way to give a schema. */
	function situations(): INodeParameters[] {
		return Object.entries(operationsByResource).flatMap(([resource, operations]) =>
			operations.flatMap((operation) =>
				['binary', 'url'].flatMap((inputType) =>
					['fromAttributes', 'fromJson', 'manual'].map((schemaType) => ({
						resource,
						operation,
						inputType,
						schemaType,
					})),
				),
			),
		);
	}

	test('has the public names', () => {
		const { description } = loaded.node;
		expect(description).toMatchObject({ name: 'eachLabs', displayName: 'Each Labs', usableAsTool: true });
		expect(description.credentials).toEqual([{ name: 'eachLabsApi', required: true }]);

		const resource = description.properties.find(({ name }) => name === 'resource');
		expect(resource && choicesOf(resource).map(({ value }) => value)).toEqual(
			Object.keys(operationsByResource),
		);
	});

	test.each(Object.entries(operationsByResource))(
		'offers for %s the operations %j',
		(resource, operations) => {
			const operation = visible({ resource }).find(({ name }) => name === 'operation');
			const choices = operation ? choicesOf(operation) : [];

			expect(choices.map(({ value }) => value).sort()).toEqual([...operations].sort());
			expect(operations).toContain(operation?.default);
			for (const choice of choices) {
				expect(choice).toMatchObject({
					name: expect.stringMatching(/^[A-Z]/),
					action: expect.stringMatching(/^[A-Z]/),
					description: expect.stringMatching(/^[A-Z]/),
				});
			}
		},
	);

	test('is found by the search of the editor', async () => {
		const codex = JSON.parse(await readFile(path.join(packed.folder, `${nodeFile}on`), 'utf8')) as NodeCodex;
		// The editor's search leaves out every AI node that is not a root node.
		expect(codex.node).toBe('n8n-nodes-eachlabs.eachLabs');
		expect(codex.categories).toEqual(['AI']);
		expect(codex.subcategories.AI).toContain('Root Nodes');
		const searched = ['image', 'vision', 'alt text', 'moderate', 'moderation', 'caption', 'transcribe'];
		expect(codex.alias).toEqual(expect.arrayContaining([...searched, 'video', 'tag', 'ocr']));
		const byTask = [
			'invoice',
			'receipt',
			'summarize',
			'describe image',
			'analyze image',
			'content moderation',
		];
		expect(codex.alias).toEqual(
			expect.arrayContaining([...byTask, 'image to text', 'subtitles', 'compare', 'product']),
		);
	});

	test('names every action differently', () => {
		const actions = loaded.node.description.properties
			.filter(({ name }) => name === 'operation')
			.flatMap((property) => choicesOf(property).map(({ action }) => action));
		expect(new Set(actions).size).toBe(Object.values(operationsByResource).flat().length);
	});

	test('says in every action what it acts on, since n8n names the node after it', () => {
		const actions = Object.keys(operationsByResource).flatMap((resource) => {
			const operation = visible({ resource }).find(({ name }) => name === 'operation');
			return operation ? choicesOf(operation).map(({ action }) => ({ resource, action })) : [];
		});
		expect(actions.filter(({ resource, action }) => !action?.includes(resource))).toEqual([]);
	});

	test.each(['eachLabs', 'eachLabsTool'])('never shows two parameters of one name, as %s', (node) => {
		const doubles = situations().flatMap((situation) => {
			const names = visible(situation, node).map(({ name }) => name);
			return names
				.filter((name, index) => names.indexOf(name) !== index)
				.map((name) => ({ ...situation, name }));
		});
		expect(doubles).toEqual([]);
	});

	test('shows every parameter in some situation', () => {
		const seen = new Set(
			situations().flatMap((situation) =>
				['eachLabs', 'eachLabsTool'].flatMap((node) => visible(situation, node).map(({ name }) => name)),
			),
		);
		const all = new Set(loaded.node.description.properties.map(({ name }) => name));
		expect([...all].filter((name) => !seen.has(name))).toEqual([]);
	});

	test('tells only who makes a tool of it that a tool gets addresses, and how the agent fills them in', () => {
		const names = (inputType: string, node: string) =>
			visible({ resource: 'image', operation: 'analyze', inputType }, node).map(({ name }) => name);
		expect(names('binary', 'eachLabsTool')).toContain('toolInputNotice');
		expect(names('url', 'eachLabsTool')).toContain('toolInputNotice');
		expect(names('binary', 'eachLabs')).not.toContain('toolInputNotice');
	});

	test.each(['image', 'video', 'audio', 'document'])(
		'shows a tool nothing that it can not use, for %s',
		(resource) => {
			const unusable = ['includeInputFields', 'itemsPerPrediction', 'keepUploads', 'maxConcurrency'];
			const shown = (node: string) => {
				const options = visible({ resource, operation: 'extract' }, node).find(
					({ name }) => name === 'options',
				);
				const listed = (options?.options ?? []) as INodeProperties[];
				return listed
					.filter(({ displayOptions }) => !(node === 'eachLabsTool' && displayOptions?.hide?.['@tool']))
					.map(({ name }) => name);
			};
			expect(shown('eachLabs')).toEqual(expect.arrayContaining([...unusable, 'uploadRetention']));
			expect(shown('eachLabsTool').filter((name) => unusable.includes(name))).toEqual([]);
			expect(shown('eachLabs')[0]).toBe('language');
		},
	);

	test.each([
		['image', 'moderate', 'separateOutputs'],
		['image', 'classify', 'outputPerCategory'],
		['audio', 'transcribe', 'subtitles'],
	])('hides from a tool what only a workflow can use: %s %s %s', (resource, operation, name) => {
		const names = (node: string) => visible({ resource, operation }, node).map((field) => field.name);
		expect(names('eachLabs')).toContain(name);
		expect(names('eachLabsTool')).not.toContain(name);
	});

	test.each([
		{ node: 'eachLabs', usual: 'binary', other: 'url' },
		{ node: 'eachLabsTool', usual: 'url', other: 'binary' },
	])('takes files of $usual unless it is told otherwise, as $node', ({ node, usual, other }) => {
		const { properties } = loaded.node.description;
		const description = { ...loaded.node.description, name: node };
		const chosen = (parameters: INodeParameters, withDefaults: boolean) =>
			NodeHelpers.getNodeParameters(
				properties,
				{ resource: 'image', operation: 'analyze', ...parameters },
				withDefaults,
				false,
				{ typeVersion: 1 },
				description,
			)?.inputType;
		expect(chosen({}, true)).toBe(usual);
		// What differs from the default is all that n8n keeps in a workflow.
		expect(chosen({ inputType: usual }, false)).toBeUndefined();
		expect(chosen({ inputType: other }, false)).toBe(other);
		expect(chosen({ inputType: other }, true)).toBe(other);
	});

	test.each([
		{ operation: 'classify', name: 'categories' },
		{ operation: 'extract', name: 'attributes' },
	])('begins $name with a row to fill in', ({ operation, name }) => {
		const list = visible({ resource: 'image', operation }).find((property) => property.name === name);
		const groups = list?.options as INodePropertyCollection[];
		const fields = groups.find((group) => group.name === name)?.values ?? [];
		const row = Object.fromEntries(fields.map((field) => [field.name, field.default]));
		expect(list?.default).toEqual({ [name]: [row] });
	});

	test('gives every list a default that it has', () => {
		const wrong = loaded.node.description.properties
			.flatMap(withNested)
			.filter(({ type }) => type === 'options')
			.filter((property) => !choicesOf(property).some(({ value }) => value === property.default));
		expect(wrong.map(({ name }) => name)).toEqual([]);
	});

	test.each([
		{ resource: 'image', operation: 'analyze', isOffered: true },
		// It does not wait for a prediction, and so never learns what one has cost.
		{ resource: 'prediction', operation: 'create', isOffered: false },
	])("offers 'Max Cost' for $resource $operation: $isOffered", ({ resource, operation, isOffered }) => {
		const options = visible({ resource, operation }).find(({ name }) => name === 'options');
		const names = options?.options?.map(({ name }) => name) ?? [];
		expect(names).toContain('maxConcurrency');
		expect(names.includes('maxCost')).toBe(isOffered);
	});

	test('never names two fields of a collection alike', () => {
		const wrong = loaded.node.description.properties
			.flatMap(withNested)
			.filter(({ type }) => type === 'collection')
			.flatMap(({ displayName, options = [] }) => {
				const names = options.map(({ name }) => name);
				return names.length === new Set(names).size ? [] : [displayName];
			});
		expect(wrong).toEqual([]);
	});

	test('has the methods that its parameters ask for', () => {
		const wanted = loaded.node.description.properties
			.flatMap(withNested)
			.flatMap(({ typeOptions, modes = [] }) => [typeOptions, ...modes.map((mode) => mode.typeOptions)])
			.map((typeOptions) => (typeOptions as { searchListMethod?: string } | undefined)?.searchListMethod)
			.filter((method) => method !== undefined);

		expect(wanted.length).toBeGreaterThan(0);
		expect(wanted.filter((method) => !loaded.node.methods.listSearch?.includes(method))).toEqual([]);
	});

	test('brings the icons that it and its credential name', async () => {
		const icons = [
			[nodeFile, loaded.node.description.icon as ThemeIcon],
			[credentialFile, loaded.credential.icon],
		] as const;
		for (const [file, { light, dark }] of icons) {
			expect(light).not.toBe(dark);
			for (const icon of [light, dark]) {
				const iconFile = path.join(packed.folder, path.dirname(file), icon.replace(/^file:/, ''));
				await expect(access(iconFile)).resolves.toBeUndefined();
			}
		}
	});

	test('takes a key that stays hidden, and the address of the API', () => {
		expect(loaded.credential).toMatchObject({ name: 'eachLabsApi', displayName: 'Each Labs API' });
		const [apiKey, baseUrl] = ['apiKey', 'baseUrl'].map((name) =>
			loaded.credential.properties.find((property) => property.name === name),
		);
		expect(apiKey?.typeOptions).toEqual({ password: true });
		expect(baseUrl?.default).toBe('https://api.eachlabs.ai');
	});
});
