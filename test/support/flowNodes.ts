import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestMethods,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';

import { describeNode } from './describeNode';

/** A parameter of any kind, as far as this engine has to know it. */
function parameter(
	name: string,
	value: INodeProperties['default'] = '',
	type: INodeProperties['type'] = 'string',
): INodeProperties {
	return { displayName: name, name, type, default: value };
}

/** With the options that are known; any other is refused. */
function options(...names: string[]): INodeProperties {
	return { ...parameter('options', {}, 'collection'), options: names.map((name) => parameter(name)) };
}

/** Sends items that meet its conditions to the first output, the others to the second. */
class If implements INodeType {
	description = describeNode('if', 'If', [2.1, 2.2], [parameter('conditions', {}, 'filter'), options()], {
		outputs: ['main', 'main'],
	});

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const outputs: [INodeExecutionData[], INodeExecutionData[]] = [[], []];
		for (const [itemIndex, item] of this.getInputData().entries()) {
			const meets = this.getNodeParameter('conditions', itemIndex, false, { extractValue: true }) === true;
			outputs[meets ? 0 : 1].push({ ...item, pairedItem: { item: itemIndex } });
		}
		return outputs;
	}
}

class NoOp implements INodeType {
	description = describeNode('noOp', 'No Operation, do nothing', 1, []);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}
}

/** Hands on some items at a time by its second output, and what came back of all of them by its first. */
class LoopOverItems implements INodeType {
	description = describeNode(
		'splitInBatches',
		'Loop Over Items (Split in Batches)',
		3,
		[parameter('batchSize', 1, 'number'), options()],
		{ outputs: ['main', 'main'] },
	);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const state = this.getContext('node') as unknown as {
			left?: INodeExecutionData[];
			done: INodeExecutionData[];
		};
		const given = this.getInputData();
		const source = this.getInputSourceData();
		if (state.left === undefined) {
			state.done = [];
			state.left = given.map((item, index) => ({
				...item,
				pairedItem: { item: index, sourceOverwrite: source },
			}));
		} else {
			state.done.push(
				...given.map((item, index) => ({ ...item, pairedItem: { item: index, sourceOverwrite: source } })),
			);
		}
		const batch = state.left.splice(0, this.getNodeParameter('batchSize', 0) as number);
		return batch.length === 0 ? [state.done, []] : [[], batch];
	}
}

/** Leaves out items whose value an earlier execution of this process has seen. */
class RemoveDuplicates implements INodeType {
	private static readonly seen = new Set<string>();

	description = describeNode('removeDuplicates', 'Remove Duplicates', 2, [
		parameter('operation'),
		parameter('logic'),
		parameter('dedupeValue'),
		options(),
	]);

	/** As 'Clear Deduplication History' does. */
	static clear(): void {
		RemoveDuplicates.seen.clear();
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { seen } = RemoveDuplicates;
		const fresh = this.getInputData().flatMap((item, itemIndex) => {
			const value = JSON.stringify(this.getNodeParameter('dedupeValue', itemIndex));
			if (seen.has(value)) return [];
			seen.add(value);
			return [{ ...item, pairedItem: { item: itemIndex } }];
		});
		return [fresh];
	}
}
export const clearDeduplicationHistory = (): void => RemoveDuplicates.clear();

/** One CSV file of all items. */
class ConvertToFile implements INodeType {
	description = describeNode('convertToFile', 'Convert to File', 1.1, [
		parameter('operation'),
		parameter('binaryPropertyName'),
		options(),
	]);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = this.getInputData();
		const columns = Object.keys(items[0]?.json ?? {});
		const lines = [columns, ...items.map(({ json }) => columns.map((column) => json[column] ?? ''))];
		const text = lines.map((cells) => cells.map((cell) => JSON.stringify(cell)).join(',')).join('\n');
		const field = this.getNodeParameter('binaryPropertyName', 0);
		const file = await this.helpers.prepareBinaryData(Buffer.from(text), 'rows.csv', 'text/csv');
		return [[{ json: {}, binary: { [field]: file }, pairedItem: items.map((_, item) => ({ item })) }]];
	}
}

/** Asks an address, without signing: what a list answers becomes items. */
class HttpRequest implements INodeType {
	description = describeNode('httpRequest', 'HTTP Request', 4.2, [
		parameter('method', 'GET'),
		parameter('url'),
		parameter('authentication'),
		parameter('nodeCredentialType'),
		parameter('sendQuery', false, 'boolean'),
		parameter('queryParameters', {}, 'json'),
		parameter('sendBody', false, 'boolean'),
		parameter('bodyParameters', {}, 'json'),
		options('batching'),
	]);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const given: INodeExecutionData[] = [];
		const values = (name: string, itemIndex: number): IDataObject => {
			const { parameters = [] } = this.getNodeParameter(name, itemIndex, {}) as {
				parameters?: Array<{ name: string; value: string }>;
			};
			return Object.fromEntries(parameters.map((one) => [one.name, one.value]));
		};
		for (const itemIndex of this.getInputData().keys()) {
			const answer: unknown = await this.helpers.httpRequest({
				method: this.getNodeParameter('method', itemIndex) as IHttpRequestMethods,
				url: this.getNodeParameter('url', itemIndex) as string,
				qs: values('queryParameters', itemIndex),
				...(this.getNodeParameter('sendBody', itemIndex) === true
					? { body: values('bodyParameters', itemIndex) }
					: {}),
				json: true,
			});
			for (const json of [answer].flat() as IDataObject[])
				given.push({ json, pairedItem: { item: itemIndex } });
		}
		return [given];
	}
}

/** A mail that asks for approval. It is answered at once, in this engine, by what `approves` says of its subject. */
export class SendEmail implements INodeType {
	readonly sent: Array<{ subject: string; message: string }> = [];

	constructor(private readonly approves: (subject: string) => boolean) {}

	description = describeNode('emailSend', 'Send Email', 2.1, [
		parameter('operation'),
		...['fromEmail', 'toEmail', 'subject', 'message', 'responseType'].map((name) => parameter(name)),
		parameter('approvalOptions', {}, 'json'),
		options(),
	]);

	execute = ((mail: SendEmail) =>
		async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			const [subject, message] = ['subject', 'message'].map((name) => this.getNodeParameter(name, 0));
			if (typeof subject !== 'string' || typeof message !== 'string')
				throw new NodeOperationError(this.getNode(), 'A mail needs a subject and a message');
			mail.sent.push({ subject, message });
			return [[{ json: { data: { approved: mail.approves(subject) } } }]];
		})(this);
}

/** Starts the workflow with mails, their attachments as files. */
export class EmailTrigger implements INodeType {
	constructor(private readonly mails: INodeExecutionData[]) {}

	description = describeNode(
		'emailReadImap',
		'Email Trigger (IMAP)',
		2,
		[
			...['mailbox', 'postProcessAction', 'format', 'dataPropertyAttachmentsPrefixName'].map((name) =>
				parameter(name),
			),
			parameter('downloadAttachments', false, 'boolean'),
			options('customEmailConfig'),
		],
		{ group: ['trigger'], inputs: [] },
	);

	trigger = ((started: EmailTrigger) =>
		async function (this: ITriggerFunctions): Promise<ITriggerResponse> {
			return { manualTriggerFunction: async () => this.emit([started.mails]) };
		})(this);
}

export const flowNodes: INodeType[] = [
	new If(),
	new NoOp(),
	new LoopOverItems(),
	new RemoveDuplicates(),
	new ConvertToFile(),
	new HttpRequest(),
	new SendEmail(() => true),
	new EmailTrigger([]),
];
