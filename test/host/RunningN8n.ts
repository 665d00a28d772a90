import { fetch } from 'undici';

import { N8nApi } from './N8nApi';
import { RunningProgram, type ProgramToRun } from './RunningProgram';

const requestTimeoutMs = 30_000;

/** A process of n8n on loopback: a server with its editor, or a part of n8n in queue mode. */
export class RunningN8n extends RunningProgram {
	readonly api: N8nApi;

	constructor(
		run: Omit<ProgramToRun, 'isReady'>,
		/** Where the editor is, or what the part has in its place. */
		readonly url: string,
	) {
		super({
			...run,
			isReady: async () =>
				await fetch(`${url}/healthz/readiness`, { signal: AbortSignal.timeout(requestTimeoutMs) }).then(
					({ ok }) => ok,
					() => false,
				),
		});
		this.api = new N8nApi(url);
	}
}
