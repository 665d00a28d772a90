import type { INodeParameters } from 'n8n-workflow';

import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { billedUsd, pictureItems, quickRun, shownUsd } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const EXTRACT: INodeParameters = { resource: 'image', operation: 'extract' };

const attribute = (name: string, more: INodeParameters = {}): INodeParameters => ({
	name,
	type: 'string',
	description: `The ${name}`,
	required: true,
	...more,
});
const attributes = (...list: INodeParameters[]): INodeParameters => ({ attributes: { attributes: list } });
const MANUAL: INodeParameters = {
	...EXTRACT,
	schemaType: 'manual',
	inputSchema: JSON.stringify({
		type: 'object',
		properties: {
			colour: { type: 'string', description: 'Main colour' },
			size: { $ref: '#/$defs/size' },
			owner: { type: ['string', 'null'] },
		},
		required: ['colour', 'size', 'owner'],
		$defs: {
			size: {
				type: 'object',
				properties: { width: { type: 'integer' }, height: { type: 'integer' } },
				required: ['width', 'height'],
			},
		},
	}),
};

describe('Extract', () => {
	const sandbox = sandboxPerTest();
	const prompts = () => sandbox.ledger.predictions.map(({ input }) => String(input['prompt']));

	test('From Attribute Descriptions gives the described fields, of the described types', async () => {
		const { status, items } = await quickRun(
			sandbox,
			{
				...EXTRACT,
				...attributes(
					attribute('colour'),
					attribute('width', { type: 'number' }),
					attribute('isFramed', { type: 'boolean' }),
					attribute('takenOn', { type: 'date' }),
				),
			},
			await pictureItems('red', 'blue'),
		);
		expect(status).toBe('success');
		const output = (colour: string, width: number) => ({
			colour,
			width,
			isFramed: expect.any(Boolean),
			takenOn: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
		});
		expect(items.map(({ json, pairedItem }) => [json['output'], pairedItem])).toEqual([
			[output('red', 40), { item: 0 }],
			[output('blue', 41), { item: 1 }],
		]);
		const { id, billedUsd: cost } =
			sandbox.ledger.predictions.find((known) => known.id === items[0]?.json['predictionId']) ?? {};
		expect(items[0]?.json).toEqual({
			fileName: 'data.png',
			output: expect.anything(),
			predictionId: id ?? 'one that the service knows',
			model: 'gemini-2-0-flash-lite',
			cost,
			predictTime: expect.any(Number),
		});
		expect(prompts()[0]).toContain('"description":"The colour"');
		expect(prompts()[0]).toContain('"required":["colour","width","isFramed","takenOn"]');
	});

	test('Generate From JSON Example makes every field of the example required', async () => {
		const { items } = await quickRun(
			sandbox,
			{
				...EXTRACT,
				schemaType: 'fromJson',
				jsonSchemaExample: '{"colour": "red", "width": 3, "tags": ["a"], "size": {"height": 1}}',
			},
			await pictureItems('green'),
		);
		expect(items[0]?.json['output']).toEqual({
			colour: expect.stringContaining('green'),
			width: 40,
			tags: expect.any(Array),
			size: { height: 30 },
		});
	});

	test('Define Using JSON Schema follows definitions and nullable fields', async () => {
		const { items } = await quickRun(sandbox, MANUAL, await pictureItems('blue'));
		expect(items[0]?.json['output']).toMatchObject({ colour: 'blue', size: { width: 40, height: 30 } });
		expect(items[0]?.json['output']).toHaveProperty('owner');
	});

	test.each([
		['document', { bytes: () => testMedia.document(3), mimeType: 'application/pdf' }, { pages: 3 }],
		['video', { bytes: () => testMedia.video(), mimeType: 'video/mp4' }, { duration: 4 }],
		['audio', { bytes: async () => testMedia.recording(3), mimeType: 'audio/wav' }, { duration: 3 }],
	])('reads fields out of a %s', async (resource, { bytes, mimeType }, output) => {
		const [name = ''] = Object.keys(output);
		const { items } = await quickRun(
			sandbox,
			{ ...EXTRACT, resource, ...attributes(attribute(name, { type: 'number' })) },
			[await itemWithFiles({ data: { bytes: await bytes(), mimeType } })],
		);
		expect(items[0]?.json['output']).toEqual(output);
	});

	test('an attribute may be whole, a list, or a choice out of values, and need no description', async () => {
		const { items } = await quickRun(
			sandbox,
			{
				...EXTRACT,
				...attributes(
					attribute('width', { type: 'integer', description: '' }),
					attribute('materials', { type: 'list' }),
					attribute('colour', { type: 'choice', values: 'green, red ,\nblue, red' }),
					attribute('seasons', { type: 'choices', values: '={{ ["spring, early", "summer"] }}' }),
				),
			},
			await pictureItems('red'),
		);
		const output = items[0]?.json['output'] as Record<string, unknown>;
		expect(output).toEqual({
			width: 40,
			materials: expect.arrayContaining([expect.any(String)]),
			colour: expect.stringMatching(/^(green|red|blue)$/),
			seasons: expect.any(Array),
		});
		for (const season of output['seasons'] as string[]) expect(['spring, early', 'summer']).toContain(season);
		expect(prompts()[0]).toContain('"width":{"type":"integer"}');
		expect(prompts()[0]).toContain('"enum":["green","red","blue"]');
	});

	test.each<[string, INodeParameters]>([
		['text', attribute('colour', { values: 'green, red, blue' })],
		['list of texts', attribute('colours', { type: 'list', values: '={{ ["green", "red", "blue"] }}' })],
	])('a %s with values keeps to them', async (_, limited) => {
		const { hints } = await quickRun(
			sandbox,
			{ ...EXTRACT, ...attributes(limited) },
			await pictureItems('red'),
		);
		expect(prompts()[0]).toContain('"enum":["green","red","blue"]');
		expect(hints.map(({ message }) => message).join()).not.toContain('only one value');
	});

	test('values of another type are not looked at', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...EXTRACT, ...attributes(attribute('width', { type: 'integer', values: 'red' })) },
			await pictureItems('red'),
		);
		expect(items[0]?.json['output']).toEqual({ width: 40 });
	});

	test.each(['string', 'list', 'choice', 'choices'])(
		'one cell of a table as the values of an attribute of type %s is told, with what gives the column',
		async (type) => {
			const { hints } = await quickRun(
				sandbox,
				{
					...EXTRACT,
					...attributes(attribute('colour', { type, values: '={{ ["red", "blue"][$itemIndex] }}' })),
				},
				await pictureItems('red', 'blue'),
			);
			expect(hints.filter(({ message }) => message.includes('only one value'))).toEqual([
				expect.objectContaining({ message: expect.stringMatching(/^'colour' has .*\.all\(\)\.map\(/) }),
			]);
		},
	);

	test.each<[string, INodeParameters, string]>([
		['no values', {}, "There are no values for attribute 1 ('colour') to choose from"],
		['blank values', { values: ' , ,' }, "There are no values for attribute 1 ('colour') to choose from"],
		[
			'rows of a table as values',
			{ values: '={{ [{ name: "red" }] }}' },
			`The values of attribute 1 ('colour') hold {"name":"red"} where a text belongs`,
		],
	])('a choice with %s is refused before anything is paid', async (_, more, message) => {
		const { error } = await quickRun(
			sandbox,
			{ ...EXTRACT, ...attributes(attribute('colour', { type: 'choice', ...more })) },
			await pictureItems('red'),
		);
		expect(error?.message).toBe(message);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	describe.each([
		['string', true],
		['list', true],
		['choice', false],
		['choices', false],
	] as const)('values of an attribute of type %s', (type, mayBeAny) => {
		const nothing = "The expression under 'Values' of attribute 1 ('colour') gives nothing to choose from";
		test.each([
			['a field that is misspelt', '={{ $json.colours }}', nothing],
			['a field that is null', '={{ null }}', nothing],
			['an empty column', '={{ [] }}', nothing],
			['blank cells', '={{ ["", " "] }}', nothing],
			[
				'a column that is misspelt',
				'={{ $input.all().map((row) => row.json.colours) }}',
				"The values of attribute 1 ('colour') hold nothing where a text belongs",
			],
		])(
			'that an expression takes from %s are refused before anything is paid, with what to look at',
			async (_, values, message) => {
				const { error } = await quickRun(
					sandbox,
					{ ...EXTRACT, ...attributes(attribute('colour', { type, values })) },
					await pictureItems('red'),
				);
				expect(error?.message).toBe(message);
				expect(error?.description).toMatch(
					/^(This is about .*\. )?Check the name of (its|the) field or column/,
				);
				if (message === nothing) {
					expect(error?.description?.includes("To allow any text, leave 'Values' empty")).toBe(mayBeAny);
				}
				expect(sandbox.ledger.predictions).toEqual([]);
			},
		);
	});

	test('a text that an expression leaves empty lets an attribute be any text', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...EXTRACT, ...attributes(attribute('colour', { values: '={{ $json.nowhere ?? "" }}' })) },
			await pictureItems('red'),
		);
		expect(items).toHaveLength(1);
	});

	test('Flatten Output puts the fields at the top level, between the file name and the ids', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...EXTRACT, ...attributes(attribute('colour')), options: { flattenOutput: true } },
			await pictureItems('red'),
		);
		expect(Object.keys(items[0]?.json ?? {})).toEqual([
			...['fileName', 'colour', 'predictionId', 'model', 'cost', 'predictTime'],
		]);
	});

	test("Flatten Output leaves none of the input's fields in the place of one that was not found", async () => {
		sandbox.scenario.rewriteAnswer = () => '{"colour": "red"}';
		const [item] = await pictureItems('red');
		const { items } = await quickRun(
			sandbox,
			{
				...EXTRACT,
				...attributes(attribute('colour'), attribute('owner', { required: false })),
				options: { flattenOutput: true, includeInputFields: true },
			},
			[{ ...item, json: { owner: 'from the input', sku: 7 } }],
		);
		expect(items[0]?.json).toMatchObject({ colour: 'red', sku: 7 });
		expect(items[0]?.json['owner']).toBeUndefined();
	});

	test.each<[string, INodeParameters, string]>([
		['a field that the node has', attributes(attribute('cost')), "no extracted field can be called 'cost'"],
		['a field by which an earlier result is told', attributes(attribute('reused')), "be called 'reused'"],
		['a field called error', attributes(attribute('error')), "no extracted field can be called 'error'"],
		[
			'data that is a list',
			{ schemaType: 'fromJson', jsonSchemaExample: '[{"a": 1}]' },
			'needs data that is an object with named fields',
		],
	])('Flatten Output refuses %s before anything is paid', async (_, more, message) => {
		const { error } = await quickRun(
			sandbox,
			{ ...EXTRACT, ...more, options: { flattenOutput: true } },
			await pictureItems('red'),
		);
		expect(error?.message).toContain(message);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test("an attribute may have the name of an object's own method", async () => {
		const { status, items } = await quickRun(
			sandbox,
			{ ...EXTRACT, ...attributes(attribute('toString'), attribute('colour')) },
			await pictureItems('blue'),
		);
		expect(status).toBe('success');
		expect(items[0]?.json['output']).toMatchObject({ colour: 'blue', toString: expect.any(String) });
	});

	test.each(['fenced', 'prose', 'broken'] as const)('an answer that is %s is read at once', async (style) => {
		sandbox.scenario.answerStyle = () => style;
		const { items } = await quickRun(sandbox, MANUAL, await pictureItems('blue'));
		expect(items[0]?.json['output']).toMatchObject({ colour: 'blue', size: { width: 40, height: 30 } });
		expect(sandbox.ledger.predictions).toHaveLength(1);
	});

	test.each([
		{ label: 'alone', options: {}, colours: ['red'] as const },
		{ label: 'in a group', options: { itemsPerPrediction: 2 }, colours: ['red', 'blue'] as const },
	])('null for an attribute that is not required is left out, $label', async ({ options, colours }) => {
		sandbox.scenario.answerStyle = () => 'nulls';
		const { items } = await quickRun(
			sandbox,
			{
				...EXTRACT,
				...options,
				...attributes(
					attribute('colour'),
					attribute('owner', { required: false }),
					attribute('price', { type: 'number', required: false }),
				),
			},
			await pictureItems(...colours),
		);
		expect(items.map(({ json }) => json['output'])).toEqual(colours.map((colour) => ({ colour })));
		expect(sandbox.ledger.predictions).toHaveLength(1);
	});

	test('null for a field deep in a schema of your own is left out, and one that may be null stays', async () => {
		sandbox.scenario.answerStyle = () => 'nulls';
		const { items } = await quickRun(
			sandbox,
			{
				...EXTRACT,
				schemaType: 'manual',
				inputSchema: JSON.stringify({
					type: 'object',
					properties: {
						sizes: {
							type: 'array',
							minItems: 2,
							items: {
								type: 'object',
								properties: { width: { type: 'integer' }, unit: { type: 'string' } },
								required: ['width'],
							},
						},
						owner: { type: 'string', nullable: true },
					},
					required: ['sizes'],
				}),
			},
			await pictureItems('red'),
		);
		const { sizes, owner } = items[0]?.json['output'] as { sizes: object[]; owner: unknown };
		expect(sizes.map((size) => Object.keys(size))).toEqual(sizes.map(() => ['width']));
		expect(owner).toBeNull();
	});

	test('Auto-Fix asks once more, with the first answer and what is wrong; both are in the cost', async () => {
		sandbox.scenario.answerStyle = (_input, ordinal) => (ordinal === 0 ? 'wrongShape' : 'plain');
		const run = await quickRun(
			sandbox,
			{ ...MANUAL, options: { autoFix: true } },
			await pictureItems('blue'),
		);
		const [first, second] = sandbox.ledger.predictions;
		expect(sandbox.ledger.predictions).toHaveLength(2);
		expect(run.items[0]?.json).toMatchObject({
			output: { colour: 'blue' },
			predictionId: second?.id,
			earlierPredictionIds: [first?.id],
		});
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
		expect(prompts()[1]).toContain('-----\n["sandbox"]\n-----\nWhat is wrong with it: ');
		// The file is the same one: it was not uploaded again.
		expect(sandbox.ledger.files).toHaveLength(1);
	});

	test.each([
		[false, 1, "Switch on the option 'Auto-Fix' to ask once more in such a case, or ask for less at once."],
		[true, 2, 'It was asked twice.'],
	])(
		'an answer that is no data (Auto-Fix %s) is an error that holds what was paid for',
		async (autoFix, count, remedy) => {
			sandbox.scenario.answerStyle = () => 'noJson';
			const run = await quickRun(sandbox, { ...MANUAL, options: { autoFix } }, await pictureItems('blue'), {
				onError: 'continueRegularOutput',
			});
			const ids = sandbox.ledger.predictions.map(({ id }) => id);
			expect(ids).toHaveLength(count);
			expect(run.items.map(({ json }) => json)).toEqual([
				{
					fileName: 'data.png',
					error: expect.stringMatching(/^The model's answer does not fit the schema: .+/),
					details: {
						kind: 'unusableAnswer',
						description: `${remedy} What it wrote is in 'rawOutput' of the details. (prediction ID ${ids.at(-1)})`,
						predictionId: ids.at(-1),
						...(autoFix && { earlierPredictionIds: ids.slice(0, -1) }),
						rawOutput: 'This is the sandbox, not the model, and it was told to answer in words.',
						cost: expect.any(Number),
					},
				},
			]);
			expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
		},
	);

	test('a second request that fails holds the first answer, its id and its cost', async () => {
		sandbox.scenario.answerStyle = () => 'noJson';
		sandbox.scenario.failPrediction = (_input, ordinal) =>
			ordinal === 1 ? { style: 'logs', status: 'failed', message: 'Too dark.' } : null;
		const run = await quickRun(
			sandbox,
			{ ...MANUAL, options: { autoFix: true } },
			await pictureItems('blue'),
			{
				onError: 'continueRegularOutput',
			},
		);
		const [first, second] = sandbox.ledger.predictions.map(({ id }) => id);
		expect(run.items[0]?.json).toEqual({
			fileName: 'data.png',
			error: 'The model could not finish the prediction: Too dark.',
			details: {
				kind: 'predictionFailed',
				failure: expect.any(String),
				description: expect.stringMatching(
					`Before that, the model had answered without a usable result \\(prediction ID ${first}\\)\\.$`,
				),
				predictionId: second,
				earlierPredictionIds: [first],
				rawOutput: 'This is the sandbox, not the model, and it was told to answer in words.',
				cost: expect.any(Number),
			},
		});
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test('as a tool of an AI Agent, it takes an address and gives the data', async () => {
		const { items } = await quickRun(
			sandbox,
			{
				...EXTRACT,
				imageUrls: 'https://example.com/shoe.png',
				...attributes(attribute('material')),
			},
			[{ json: {} }],
			{ nodeTypeName: 'n8n-nodes-eachlabs.eachLabsTool' },
		);
		expect(items[0]?.json['output']).toEqual({ material: expect.any(String) });
		expect(sandbox.ledger.predictions[0]?.input['image_urls']).toEqual(['https://example.com/shoe.png']);
		expect(sandbox.ledger.files).toEqual([]);
	});

	describe('what can not work is told before anything is paid', () => {
		test.each<[string, INodeParameters, string, string | RegExp]>([
			[
				'no attribute',
				attributes(),
				"The list 'Attributes' is empty",
				"Click 'Add Attribute' and describe at least one.",
			],
			[
				'an attribute without a name',
				attributes(attribute('colour'), attribute('={{ "" }}')),
				'Attribute 2 has no name',
				'Give each attribute a name of its own, e.g. color.',
			],
			[
				'two attributes of one name',
				attributes(attribute('colour'), attribute(' colour ')),
				"Two attributes have the name 'colour'",
				'Give each attribute a name of its own, e.g. color.',
			],
			[
				'a type that there is not',
				attributes(attribute('colour', { type: '={{ "text" }}' })),
				'Attribute 1 (\'colour\') has the type "text"; it has to be one of: boolean, date, integer, list, number, choice, choices, string',
				'Choose its type from the list.',
			],
			[
				'an attribute that reaches for the prototype',
				attributes(attribute('__proto__')),
				"The list 'Attributes' can't be used: it has a field called '__proto__' at properties, which is dropped from answers for safety",
				'Give the field another name.',
			],
			[
				'no schema',
				{ schemaType: 'manual', inputSchema: '={{ "" }}' },
				"The parameter 'Input Schema' can't be used: it is empty",
				'Give a JSON Schema, e.g. { "type": "object", "properties": { "color": { "type": "string" } } }.',
			],
			[
				'a schema that is not JSON',
				{ schemaType: 'manual', inputSchema: '{\n  "type": "object",\n}' },
				"The parameter 'Input Schema' is not valid JSON: look at line 3, column 1",
				'Names and texts need double quotes, and no comma may stand before a closing brace.',
			],
			...(
				[
					[
						'typographic quotation marks (Pathoschild/SMAPI#314)',
						'{“type”: “object”}',
						2,
						/typographic quotation marks/,
					],
					['single quotation marks', "{'type': 'object'}", 2, /single quotation marks/],
					['a code block around it', '```json\n{"type": "object"}\n```', 1, /code block/],
					['a comment', '{"type": "object" // all\n}', 19, /Remove the comment/],
					['a word of Python', '{"type": "object", "nullable": True}', 32, /true, false, null/],
					['blanks of a web page', '{\u00a0"type": "object"}', 2, /blank there/],
					['an expression as plain text', '{{ $json.schema }}', 2, /from 'Fixed' to 'Expression'/],
					['an object that became text (n8n-io/n8n#38156)', '[object Object]', 1, /JSON\.stringify/],
				] as const
			).map(([what, inputSchema, column, remedy]): [string, INodeParameters, string, RegExp] => [
				`a schema with ${what}`,
				{ schemaType: 'manual', inputSchema },
				`The parameter 'Input Schema' is not valid JSON: look at line 1, column ${column}`,
				remedy,
			]),
			[
				'a schema with a field that reaches for the prototype',
				{ schemaType: 'manual', inputSchema: '{"properties": {"__proto__": {"type": "string"}}}' },
				"The parameter 'Input Schema' can't be used: it has a field called '__proto__' at properties, which is dropped from answers for safety",
				'Give the field another name.',
			],
			[
				'a schema a thousand levels deep',
				{ schemaType: 'manual', inputSchema: '{"items":'.repeat(1_000) + '{}' + '}'.repeat(1_000) },
				"The parameter 'Input Schema' can't be used: it is nested deeper than 64 levels",
				'Make it flatter.',
			],
			[
				'a schema that goes round in a circle',
				{ schemaType: 'manual', inputSchema: '{"$ref": "#"}' },
				"The parameter 'Input Schema' can't be used: a '$ref' leads back to itself without end",
				"Let it refer to another schema, or put it below 'properties' or 'items'.",
			],
			[
				'patterns that RE2 can not have',
				{
					schemaType: 'manual',
					inputSchema:
						'{"properties": {"code": {"type": "string", "pattern": "^(?!x)a"}, "twice": {"type": "string", "pattern": "(a)\\\\1"}}}',
				},
				"The parameter 'Input Schema' can't be used: the pattern ^(?!x)a at properties.code is not usable: it has a look-around, which RE2 does not know; the pattern (a)\\1 at properties.twice is not usable: it has a back-reference, which RE2 does not know",
				"Patterns are those of RE2. Write it without that, or use 'enum', 'format' or 'maxLength' instead.",
			],
			[
				'several words that are not known',
				{
					schemaType: 'manual',
					inputSchema: '{"type": "object", "unevaluatedPropertys": false, "properties": {"a": {"not": {}}}}',
				},
				"The parameter 'Input Schema' can't be used: the keyword 'unevaluatedPropertys' at the top is not one that answers can be checked against; the keyword 'not' at properties.a is not one that answers can be checked against",
				"Check the spelling of 'unevaluatedPropertys', or remove it. In place of 'not', say what may be there: with 'enum', 'pattern' or a narrower 'type'.",
			],
			[
				'an example in the place of a schema',
				{ schemaType: 'manual', inputSchema: '{"colour": "red", "width": 3}' },
				"The parameter 'Input Schema' can't be used: it is an example of the data, not a schema of it",
				"Choose 'Generate From JSON Example' as 'Schema Type', and put it there; or write each field as a schema below 'properties'.",
			],
			[
				'a schema in the place of an example',
				{
					schemaType: 'fromJson',
					jsonSchemaExample: '{"type": "object", "properties": {"colour": {"type": "string"}}}',
				},
				"The parameter 'JSON Example' can't be used: it is a JSON Schema, not an example",
				"Choose 'Define Using JSON Schema' as 'Schema Type', and put it there.",
			],
			[
				'an example that is not JSON',
				{ schemaType: 'fromJson', jsonSchemaExample: '{"colour" "red"}' },
				"The parameter 'JSON Example' is not valid JSON: look at line 1, column 11",
				'Names and texts need double quotes, and no comma may stand before a closing brace.',
			],
		])('%s', async (_what, parameters, message, description) => {
			const { status, error } = await quickRun(
				sandbox,
				{ ...EXTRACT, ...parameters },
				await pictureItems('blue'),
			);
			expect({ status, message: error?.message, description: error?.description }).toEqual({
				status: 'error',
				message,
				description:
					description instanceof RegExp
						? expect.stringMatching(description)
						: `${description} Nothing was charged for this item.`,
			});
			expect(sandbox.ledger.predictions).toEqual([]);
			expect(sandbox.ledger.presigns).toBe(0);
		});
	});
});
