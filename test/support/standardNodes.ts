import { writeFile } from 'node:fs/promises';
import glob from 'fast-glob';
import {
	NodeOperationError,
	validateFieldType,
	type FieldType,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';

import { describeNode as describe } from './describeNode';
import { flowNodes } from './flowNodes';

/** Starts the workflow with one empty item. */
class ManualTrigger implements INodeType {
	description = describe('manualTrigger', 'Manual Trigger', 1, [], { group: ['trigger'], inputs: [] });

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return { manualTriggerFunction: async () => this.emit([this.helpers.returnJsonArray([{}])]) };
	}
}

/** Starts the workflow with the time of now when it is run by hand. The clock that starts it otherwise is not part of this engine. */
class ScheduleTrigger implements INodeType {
	description = describe(
		'scheduleTrigger',
		'Schedule Trigger',
		[1.1, 1.2],
		[
			{
				displayName: 'Trigger Rules',
				name: 'rule',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				default: { interval: [{ field: 'days' }] },
				options: [
					{
						name: 'interval',
						displayName: 'Trigger Interval',
						values: [
							{
								displayName: 'Trigger Interval',
								name: 'field',
								type: 'options',
								options: ['minutes', 'hours', 'days'].map((value) => ({ name: value, value })),
								default: 'days',
							},
							{
								displayName: 'Minutes Between Triggers',
								name: 'minutesInterval',
								type: 'number',
								default: 5,
								displayOptions: { show: { field: ['minutes'] } },
							},
							{
								displayName: 'Hours Between Triggers',
								name: 'hoursInterval',
								type: 'number',
								default: 1,
								displayOptions: { show: { field: ['hours'] } },
							},
						],
					},
				],
			},
		],
		{ group: ['trigger', 'schedule'], inputs: [] },
	);

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const timestamp = () => new Date().toISOString();
		return {
			manualTriggerFunction: async () =>
				this.emit([this.helpers.returnJsonArray([{ timestamp: timestamp() }])]),
		};
	}
}

/** A note on the canvas: connected to nothing, never executed. */
class StickyNote implements INodeType {
	description = describe(
		'stickyNote',
		'Sticky Note',
		1,
		[
			{ displayName: 'Content', name: 'content', type: 'string', default: '' },
			{ displayName: 'Height', name: 'height', type: 'number', default: 160 },
			{ displayName: 'Width', name: 'width', type: 'number', default: 240 },
			{ displayName: 'Color', name: 'color', type: 'number', default: 1 },
		],
		{ inputs: [], outputs: [] },
	);
}

/** Reads every file that a path or pattern matches, one item a file with its bytes in a binary field; or writes such a field. */
class ReadWriteFile implements INodeType {
	description = describe(
		'readWriteFile',
		'Read/Write Files from Disk',
		[1, 1.1],
		[
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				options: [
					{ name: 'Read File(s) From Disk', value: 'read' },
					{ name: 'Write File to Disk', value: 'write' },
				],
				default: 'read',
			},
			{
				displayName: 'File(s) Selector',
				name: 'fileSelector',
				type: 'string',
				required: true,
				default: '',
				displayOptions: { show: { operation: ['read'] } },
			},
			{ displayName: 'File Path and Name', name: 'fileName', type: 'string', default: '' },
			{ displayName: 'Input Binary Field', name: 'dataPropertyName', type: 'string', default: 'data' },
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				default: {},
				options: [
					{ displayName: 'File Name', name: 'fileName', type: 'string', default: '' },
					{ displayName: 'File Extension', name: 'fileExtension', type: 'string', default: '' },
					{ displayName: 'Mime Type', name: 'mimeType', type: 'string', default: '' },
					{
						displayName: 'Put Output File in Field',
						name: 'dataPropertyName',
						type: 'string',
						default: 'data',
					},
				],
			},
		],
	);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const node = this.getNode();
		if (this.getNodeParameter('operation', 0) === 'write') return [await writeFiles(this)];
		const found: INodeExecutionData[] = [];
		for (const itemIndex of this.getInputData().keys()) {
			const selector = this.getNodeParameter('fileSelector', itemIndex) as string;
			const { dataPropertyName, ...overrides } = this.getNodeParameter('options', itemIndex, {}) as Record<
				string,
				string
			>;
			// Brackets and parentheses are taken literally, as they are by default in n8n.
			const paths = await glob(selector.replace(/\\?([()[\]])/g, '\\$1'));
			if (paths.length === 0 && node.typeVersion > 1) {
				throw new NodeOperationError(node, 'No file(s) found', { itemIndex });
			}
			for (const path of paths) {
				const stream = await this.helpers.createReadStream(await this.helpers.resolvePath(path));
				const binary = { ...(await this.helpers.prepareBinaryData(stream, path)), ...overrides };
				const { mimeType, fileType, fileName, fileExtension, fileSize } = binary;
				found.push({
					json: { mimeType, fileType, fileName, fileExtension, fileSize },
					binary: { [dataPropertyName || 'data']: binary },
					pairedItem: { item: itemIndex },
				});
			}
		}
		return [found];
	}
}

async function writeFiles(functions: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const written: INodeExecutionData[] = [];
	for (const [itemIndex, item] of functions.getInputData().entries()) {
		const fileName = functions.getNodeParameter('fileName', itemIndex) as string;
		const field = functions.getNodeParameter('dataPropertyName', itemIndex);
		await writeFile(fileName, await functions.helpers.getBinaryDataBuffer(itemIndex, field));
		written.push({ ...item, json: { ...item.json, fileName }, pairedItem: { item: itemIndex } });
	}
	return written;
}

/** Makes an item's fields from a list of assignments; other fields and binary data go along only when asked for. */
class EditFields implements INodeType {
	description = describe(
		'set',
		'Edit Fields (Set)',
		[3.3, 3.4],
		[
			{
				displayName: 'Mode',
				name: 'mode',
				type: 'options',
				options: [{ name: 'Manual Mapping', value: 'manual' }],
				default: 'manual',
			},
			{ displayName: 'Fields to Set', name: 'assignments', type: 'assignmentCollection', default: {} },
			{
				displayName: 'Include Other Input Fields',
				name: 'includeOtherFields',
				type: 'boolean',
				default: false,
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				default: {},
				options: [{ displayName: 'Strip Binary Data', name: 'stripBinary', type: 'boolean', default: true }],
			},
		],
	);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const node = this.getNode();
		const edited = this.getInputData().map((item, itemIndex): INodeExecutionData => {
			const { assignments = [] } = this.getNodeParameter('assignments', itemIndex, {}) as {
				assignments?: Array<{ name: string; type: FieldType; value: unknown }>;
			};
			const withOthers = this.getNodeParameter('includeOtherFields', itemIndex, false) as boolean;
			const { stripBinary = true } = this.getNodeParameter('options', itemIndex, {}) as {
				stripBinary?: boolean;
			};
			const json: IDataObject = withOthers ? structuredClone(item.json) : {};
			for (const { name, type, value } of assignments) {
				if (/[.[]/.test(name)) {
					throw new NodeOperationError(node, `This engine's Edit Fields takes plain names, not '${name}'`, {
						itemIndex,
					});
				}
				json[name] = toFieldValue(
					name,
					type,
					value,
					(message) => new NodeOperationError(node, message, { itemIndex }),
				);
			}
			const binary = withOthers && !stripBinary && item.binary ? { binary: { ...item.binary } } : {};
			return { json, ...binary, pairedItem: { item: itemIndex } };
		});
		return [edited];
	}
}

/** An absent value becomes null; any other must be of the field's type, or readable as it. */
function toFieldValue(
	name: string,
	type: FieldType,
	value: unknown,
	refusal: (message: string) => NodeOperationError,
): IDataObject[string] {
	if (value === undefined || value === null) return null;
	if (type === 'string') return typeof value === 'string' ? value : JSON.stringify(value);
	const checked = validateFieldType(name, value, type);
	if (!checked.valid) throw refusal(checked.errorMessage);
	return (checked.newValue ?? null) as IDataObject[string];
}

/** Sends each item to the output of the first rule that it meets, by n8n's own conditions; one that meets none is left out. */
class Switch implements INodeType {
	description = describe(
		'switch',
		'Switch',
		[3.1, 3.2],
		[
			{
				displayName: 'Mode',
				name: 'mode',
				type: 'options',
				options: [{ name: 'Rules', value: 'rules' }],
				default: 'rules',
			},
			{
				displayName: 'Routing Rules',
				name: 'rules',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				default: {},
				options: [
					{
						name: 'values',
						displayName: 'Values',
						values: [
							{ displayName: 'Conditions', name: 'conditions', type: 'filter', default: {} },
							{ displayName: 'Rename Output', name: 'renameOutput', type: 'boolean', default: false },
							{ displayName: 'Output Name', name: 'outputKey', type: 'string', default: '' },
						],
					},
				],
			},
			{ displayName: 'Options', name: 'options', type: 'collection', default: {}, options: [] },
		],
		{ outputs: '={{ ($parameter.rules?.values ?? []).map(() => ({ type: "main" })) }}' },
	);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const rules = this.getNodeParameter('rules.values', 0, []) as unknown[];
		const outputs: INodeExecutionData[][] = rules.map(() => []);
		for (const [itemIndex, item] of this.getInputData().entries()) {
			const meets = (_rule: unknown, ruleIndex: number) => {
				const path = `rules.values[${ruleIndex}].conditions`;
				return this.getNodeParameter(path, itemIndex, false, { extractValue: true }) === true;
			};
			outputs[rules.findIndex(meets)]?.push({ ...item, pairedItem: { item: itemIndex } });
		}
		return outputs;
	}
}

/** Waits for its inputs and puts their items one after the other ('Append'). */
class Merge implements INodeType {
	description = describe(
		'merge',
		'Merge',
		[3, 3.1, 3.2],
		[
			{
				displayName: 'Mode',
				name: 'mode',
				type: 'options',
				options: [{ name: 'Append', value: 'append' }],
				default: 'append',
			},
			{ displayName: 'Number of Inputs', name: 'numberInputs', type: 'number', default: 2 },
		],
		{
			inputs:
				'={{ Array.from({ length: $parameter.numberInputs || 2 }, (_, index) => ({ type: "main", displayName: `Input ${index + 1}` })) }}',
			requiredInputs: 1,
		},
	);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const inputs = Array.from(
			{ length: this.getNodeParameter('numberInputs', 0, 2) as number },
			(_, index) => index,
		);
		return [inputs.flatMap((inputIndex) => this.getInputData(inputIndex))];
	}
}

/** The standard nodes by their full type names. */
export const standardNodes: Record<string, INodeType> = Object.fromEntries(
	[
		new ManualTrigger(),
		new ScheduleTrigger(),
		new StickyNote(),
		new ReadWriteFile(),
		new EditFields(),
		new Switch(),
		new Merge(),
		...flowNodes,
	].map((nodeType) => [`n8n-nodes-base.${nodeType.description.name}`, nodeType]),
);
