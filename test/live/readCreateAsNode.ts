import { Scope } from '../../nodes/EachLabs/core/Scope';
import type { CreateOutcome } from '../../nodes/EachLabs/core/api/createOutcome';
import { EachLabsClient, type CreateRequest } from '../../nodes/EachLabs/core/api/EachLabsClient';
import type { LiveAnswer } from './LiveApi';
import { systemClock } from './systemClock';

/** What the node's own client makes of an answer to a create: nothing is sent, the answer is played to it. */
export async function readCreateAsNode(request: CreateRequest, answer: LiveAnswer): Promise<CreateOutcome> {
	const client = new EachLabsClient({ send: async () => answer }, systemClock, 'https://played.invalid');
	return await client.createPrediction(request, new Scope(systemClock, 10_000));
}
