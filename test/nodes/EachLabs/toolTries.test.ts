// Retry On Fail of the node as a tool, which n8n runs by itself: each try has a run index of its own.
import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INode,
	type INodeParameters,
	type INodeType,
} from 'n8n-workflow';

import { EachLabsApi } from '../../../credentials/EachLabsApi.credentials';
import { EachLabs } from '../../../nodes/EachLabs/EachLabs.node.ts';
import { FaultServer } from '../../faults/FaultServer';
import { describeNode } from '../../support/describeNode';
import { givenItems } from '../../support/givenItems';
import { hurryEachTest } from '../../support/hurryHostClock';
import { workflowEngine } from '../../support/workflowEngine';
import { pictureItems, quickRun } from './quickRun';

hurryEachTest(5);

/** Has an agent use the node once for each of the questions, one after the other. @returns what it answers, or how it ends */
async function askTool(baseUrl: string, parameters: INodeParameters, questions: object[]): Promise<string[]> {
	const tool = new EachLabs();
	tool.description.name += 'Tool';
	tool.description.inputs = [];
	tool.description.outputs = [NodeConnectionTypes.AiTool];
	const answers: string[] = [];
	const agent: INodeType = {
		description: describeNode('agent', 'Agent', 1, [], {
			inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool],
		}),
		async execute(this: IExecuteFunctions) {
			const [given] = [await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0)].flat() as Array<{
				invoke(question: object): Promise<unknown>;
			}>;
			for (const question of questions) answers.push(String(await given?.invoke(question).catch(String)));
			return [[]];
		},
	};
	const base = { typeVersion: 1, position: [0, 0] as [number, number] };
	const nodes: INode[] = [
		{ ...base, id: 's', name: 'Start', type: 'engine.givenItems', parameters: {} },
		{ ...base, id: 'a', name: 'Agent', type: 'engine.agent', parameters: {} },
		{
			...base,
			id: 't',
			name: 'Look',
			type: 'n8n-nodes-eachlabs.eachLabsTool',
			parameters,
			credentials: { eachLabsApi: { id: 'eachLabsApi', name: 'eachLabsApi' } },
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 1,
		},
	];
	const engine = workflowEngine({
		nodeTypes: {
			'engine.givenItems': givenItems([{ json: {} }]),
			'engine.agent': agent,
			'n8n-nodes-eachlabs.eachLabsTool': tool,
		},
		credentialTypes: { eachLabsApi: new EachLabsApi() },
	});
	await engine.runWorkflow({
		workflow: {
			nodes,
			connections: {
				Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
				Look: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
			},
		},
		startNodeName: 'Start',
		credentials: { eachLabsApi: { apiKey: 'test-key', baseUrl } },
	});
	return answers;
}

test('takes up what the first try has bought, and asks anew when the agent asks again', async () => {
	let failures = 0;
	const server = await FaultServer.start({ scenario: { runTimeMs: { min: 20, max: 60 } } });
	try {
		const { items } = await quickRun(
			server,
			{ resource: 'file', operation: 'upload' },
			await pictureItems('red', 'green'),
		);
		const urls = items.map(({ json }) => json['url'] as string);
		const { ledger, scenario } = server.sandbox;
		scenario.failPrediction = ({ image_urls: list }) =>
			(list as string[])[0] === urls[1] && failures++ === 0
				? { style: 'text', status: 'failed', message: 'Too dark.' }
				: null;
		const answers = await askTool(
			server.baseUrl,
			{
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				inputType: 'url',
				imageUrls: urls.join(','),
				options: { pollInterval: 0.5, separateFiles: true, maxConcurrency: 1 },
			},
			[{}, {}],
		);
		expect(answers).toEqual([expect.stringContaining('all red'), expect.stringContaining('all red')]);
		// The first question: one good, one failed, and that one again. The second one: both.
		expect(
			ledger.predictions.map(({ input }) => urls.indexOf((input['image_urls'] as string[])[0] ?? '')),
		).toEqual([0, 1, 1, 0, 1]);
	} finally {
		await server.close();
	}
});
