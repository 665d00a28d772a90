import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { Deadline } from '../core/Deadline';
import { EachLabsClient, type CallScope } from '../core/api/EachLabsClient';
import { readApiAccess } from '../n8n/apiAccess';
import { hostClock } from '../n8n/hostClock';
import { HostTransport } from '../n8n/HostTransport';

/** Somebody looks at the editor and waits. */
const LOOK_TIME_MS = 20_000;
const LOOK_PATIENCE_MS = 3_000;

/** What a method of the editor asks Each Labs with, for one look. */
export async function editorClient(
	functions: ILoadOptionsFunctions,
): Promise<{ client: EachLabsClient; scope: CallScope }> {
	const { baseUrl } = await readApiAccess(functions);
	return {
		client: new EachLabsClient(new HostTransport(functions), hostClock, baseUrl),
		scope: { deadline: new Deadline(hostClock, LOOK_TIME_MS), patienceMs: LOOK_PATIENCE_MS },
	};
}
