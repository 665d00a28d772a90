import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { EachLabsClient } from '../core/api/EachLabsClient';
import { Scope } from '../core/Scope';
import { readApiAccess } from '../n8n/apiAccess';
import { hostClock } from '../n8n/hostClock';
import { HostTransport } from '../n8n/HostTransport';

/** Somebody looks at the editor and waits. */
const LOOK_TIME_MS = 20_000;
const LOOK_PATIENCE_MS = 3_000;

/** What a method of the editor asks Each Labs with, for one look. */
export async function editorClient(
	functions: ILoadOptionsFunctions,
): Promise<{ client: EachLabsClient; scope: Scope }> {
	const { baseUrl } = await readApiAccess(functions);
	return {
		client: new EachLabsClient(new HostTransport(functions), hostClock, baseUrl),
		scope: lookScope(LOOK_PATIENCE_MS),
	};
}

/** @param patienceMs for how long a call is repeated while it is not answered */
export function lookScope(patienceMs: number): Scope {
	return new Scope(hostClock, LOOK_TIME_MS, undefined, { patienceMs });
}
