import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { z } from 'zod';

const chatRequest = z.object({
	messages: z.array(z.object({ role: z.string(), content: z.unknown() })),
	tools: z.array(z.object({ function: z.object({ name: z.string(), parameters: z.unknown() }) })).optional(),
});

export interface ScriptedModel {
	/** Base URL as a credential for an OpenAI-like service has it. */
	readonly url: string;
	/** What it was asked, request by request. */
	readonly requests: ReadonlyArray<z.infer<typeof chatRequest>>;
	close(): Promise<void>;
}

/**
 * A chat model on loopback that follows a script: it calls the first tool that it is offered, once, and then says what the
 * tool answered.
 *
 * @param toolArguments what it gives the tool
 */
export async function startScriptedModel(toolArguments: object): Promise<ScriptedModel> {
	const requests: Array<z.infer<typeof chatRequest>> = [];
	const app = fastify();
	app.post('/v1/chat/completions', (request) => {
		const asked = chatRequest.parse(request.body);
		requests.push(asked);
		const answered = asked.messages.filter(({ role }) => role === 'tool').at(-1);
		const tool = asked.tools?.[0]?.function.name;
		const callsTool = answered === undefined && tool !== undefined;
		const message = callsTool
			? {
					role: 'assistant',
					content: null,
					tool_calls: [
						{
							id: 'call_1',
							type: 'function',
							function: { name: tool, arguments: JSON.stringify(toolArguments) },
						},
					],
				}
			: { role: 'assistant', content: `The tool said: ${JSON.stringify(answered?.content)}` };
		return {
			id: 'chatcmpl-1',
			object: 'chat.completion',
			created: 0,
			model: 'scripted',
			choices: [{ index: 0, message, finish_reason: callsTool ? 'tool_calls' : 'stop' }],
			usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
		};
	});
	await app.listen({ host: '127.0.0.1', port: 0 });
	const { port } = app.server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/v1`, requests, close: async () => await app.close() };
}
