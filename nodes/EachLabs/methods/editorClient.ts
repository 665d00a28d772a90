import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { EachLabsClient } from '../core/api/EachLabsClient';
import type { Transport } from '../core/host';
import { Scope } from '../core/Scope';
import { readApiAccess, USUAL_BASE_URL } from '../n8n/apiAccess';
import { hostClock } from '../n8n/hostClock';
import { HostTransport } from '../n8n/HostTransport';

/** Somebody looks at the editor and waits. */
const LOOK_TIME_MS = 20_000;
const LOOK_PATIENCE_MS = 3_000;

/** What a method of the editor asks Each Labs with, for one look: without a credential, what everybody may read, and no key. */
export async function editorClient(
	functions: ILoadOptionsFunctions,
): Promise<{ client: EachLabsClient; scope: Scope }> {
	const transport = new HostTransport(functions);
	const known = hasCredential(functions);
	const asked: Transport = known
		? transport
		: { send: async (request) => await transport.send({ ...request, authenticated: false }) };
	const baseUrl = known ? (await readApiAccess(functions)).baseUrl : USUAL_BASE_URL;
	return { client: new EachLabsClient(asked, hostClock, baseUrl), scope: lookScope(LOOK_PATIENCE_MS) };
}

export function hasCredential(functions: ILoadOptionsFunctions): boolean {
	return functions.getNode().credentials !== undefined;
}

/** @param patienceMs for how long a call is repeated while it is not answered */
export function lookScope(patienceMs: number): Scope {
	return new Scope(hostClock, LOOK_TIME_MS, undefined, { patienceMs });
}
