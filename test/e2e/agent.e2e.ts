import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';

import { EACH_LABS_TYPE, examplesFolder } from '../host/exampleWorkflow';
import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { itemsOf, type StoredExecution } from '../host/N8nApi';
import type { ExportedWorkflow } from '../host/N8nHost';
import { openHostScene, type HostScene } from './HostScene';
import { resetSandbox } from './resetSandbox';
import { startScriptedModel, type ScriptedModel } from './startScriptedModel';
import { eachLabs, manualTrigger, workflowOf, type GivenNode } from './workflows';

/** Both ways in which n8n runs the tools of an agent: inside the agent's step, and as steps of their own. */
const AGENT_VERSIONS = [2.2, 3];
const SCENARIO = { runTimeMs: { min: 100, max: 200 } };

describe.each(hostReleases)('as a tool of an AI Agent, in n8n $n8nVersion', (release) => {
	let scene: HostScene;
	let website: FastifyInstance;
	let model: ScriptedModel;
	let modelCredential: { id: string; name: string };

	beforeAll(async () => {
		website = fastify();
		const picture = readFileSync(path.join(examplesFolder, 'media/fruit-bowl.jpg'));
		website.get('/fruit-bowl.jpg', async (_request, reply) => await reply.type('image/jpeg').send(picture));
		await website.listen({ host: '127.0.0.1', port: 0 });
		const { port } = website.server.address() as AddressInfo;
		model = await startScriptedModel({
			imageUrls: `http://127.0.0.1:${port}/fruit-bowl.jpg`,
			question: 'What fruit is in the bowl?',
		});
		scene = await openHostScene(release, { scenario: SCENARIO });
		const name = 'Scripted model';
		const id = await scene.api.createCredential({
			name,
			type: 'openAiApi',
			data: { apiKey: 'any', url: model.url },
		});
		modelCredential = { id, name };
	}, installTimeoutMs);

	afterAll(async () => {
		await (scene as HostScene | undefined)?.close();
		await (model as ScriptedModel | undefined)?.close();
		await website.close();
	});

	/** Manual trigger → AI Agent, with the scripted model and our node as its tool. */
	function agentWorkflow(agentVersion: number): ExportedWorkflow {
		const agent: GivenNode = {
			name: 'AI Agent',
			type: '@n8n/n8n-nodes-langchain.agent',
			typeVersion: agentVersion,
			parameters: {
				promptType: 'define',
				text: 'What fruit is in the bowl?',
				options: { enableStreaming: false },
			},
		};
		const chatModel: GivenNode = {
			name: 'Chat Model',
			type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
			typeVersion: 1.2,
			parameters: { model: { __rl: true, mode: 'id', value: 'scripted' }, options: {} },
			credentials: { openAiApi: modelCredential },
		};
		const tool = eachLabs(
			{
				resource: 'image',
				operation: 'analyze',
				imageUrls: "={{ $fromAI('imageUrls', 'Addresses of the pictures', 'string') }}",
				text: "={{ $fromAI('question', 'What to look for', 'string') }}",
			},
			{ name: 'Look at Pictures', type: `${EACH_LABS_TYPE}Tool` },
		);
		const { nodes, ...workflow } = workflowOf('Agent', [manualTrigger, agent]);
		const around = workflowOf('', [chatModel, tool]).nodes;
		return {
			...workflow,
			nodes: [...nodes, ...around.map((node) => ({ ...node, id: `around-${node.id}` }))],
			connections: {
				...workflow.connections,
				[chatModel.name]: { ai_languageModel: [[{ node: agent.name, type: 'ai_languageModel', index: 0 }]] },
				[tool.name]: { ai_tool: [[{ node: agent.name, type: 'ai_tool', index: 0 }]] },
			},
		};
	}

	describe.each(AGENT_VERSIONS)('of version %s', (agentVersion) => {
		let execution: StoredExecution;

		beforeAll(async () => {
			resetSandbox(scene.sandbox, SCENARIO);
			(model.requests as unknown[]).length = 0;
			const { id } = await scene.api.createWorkflow(agentWorkflow(agentVersion));
			execution = await scene.api.executionEnd(await scene.api.execute(id, manualTrigger.name));
		}, 120_000);

		test('the agent hears what the model saw', () => {
			expect({ status: execution.status, error: execution.error?.message }).toEqual({ status: 'success' });
			const json = itemsOf(execution, 'AI Agent')[0]?.[0]?.json ?? {};
			expect(json['output']).toEqual(expect.stringContaining('JPEG picture of 900×675'));
		});

		test('one prediction was bought, of the address and with the question that the agent gave', () => {
			expect(scene.sandbox.ledger.predictions).toMatchObject([
				{
					status: 'success',
					input: {
						image_urls: [expect.stringMatching(/\/fruit-bowl\.jpg$/)],
						prompt: expect.stringContaining('What fruit is in the bowl?'),
					},
				},
			]);
		});

		test('the agent was told what the tool is for', () => {
			const [tool] = model.requests[0]?.tools ?? [];
			expect(tool?.function.name).toBe('Look_at_Pictures');
			expect(JSON.stringify(tool?.function.parameters)).toContain('Addresses of the pictures');
		});
	});
});
