import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fetch } from 'undici';

import { N8nApi } from './N8nApi';

const readyTimeoutMs = 120_000;
const readyPollMs = 250;
const stopTimeoutMs = 15_000;
const requestTimeoutMs = 30_000;
const keptLogCharacters = 100_000;

/** A process of n8n on loopback: a server with its editor, or a part of n8n in queue mode. */
export class RunningN8n {
	readonly api: N8nApi;

	private log = '';

	private readonly ended: Promise<void>;

	private hasEnded = false;

	/** @param child n8n, started as the leader of a process group of its own */
	constructor(
		private readonly child: ChildProcess,
		/** Where the editor is, or what the part has in its place. */
		readonly url: string,
		/** What answers once n8n is ready. */
		private readonly readyPath: string,
	) {
		this.api = new N8nApi(url);
		const keep = (chunk: Buffer): void => {
			this.log = (this.log + chunk.toString()).slice(-keptLogCharacters);
		};
		child.stdout?.on('data', keep);
		child.stderr?.on('data', keep);
		this.ended = new Promise((resolve) => {
			const settle = (): void => {
				this.hasEnded = true;
				resolve();
			};
			child.once('exit', settle);
			child.once('error', (error) => {
				this.log += error.message;
				settle();
			});
		});
	}

	/** Throws with n8n's log when it ends before it is ready, or takes longer than two minutes. */
	async waitUntilReady(): Promise<void> {
		const deadlineMs = Date.now() + readyTimeoutMs;
		while (!(await this.isReady())) {
			if (this.hasEnded) throw new Error(`n8n ended while it started:\n${this.log}`);
			if (Date.now() > deadlineMs) throw new Error(`n8n was not ready in two minutes:\n${this.log}`);
			await pause(readyPollMs);
		}
	}

	/** Settles when n8n has ended, by itself or by `stop`. */
	async end(): Promise<void> {
		await this.ended;
	}

	/** Ends n8n at once, as a machine does that fails: it gets no chance to say or save anything. */
	async kill(): Promise<void> {
		this.signal('SIGKILL');
		await this.ended;
	}

	/** Ends n8n and everything that it started. Safe to call again. */
	async stop(): Promise<void> {
		this.signal('SIGTERM');
		const patience = new AbortController();
		await Promise.race([
			this.ended,
			pause(stopTimeoutMs, undefined, { signal: patience.signal }).catch(() => undefined),
		]);
		patience.abort();
		// The task runners that n8n leaves behind belong to its group.
		this.signal('SIGKILL');
		await this.ended;
	}

	private async isReady(): Promise<boolean> {
		return await fetch(`${this.url}${this.readyPath}`, {
			signal: AbortSignal.timeout(requestTimeoutMs),
		}).then(
			({ status }) => status < 500 && status !== 404,
			() => false,
		);
	}

	private signal(name: 'SIGTERM' | 'SIGKILL'): void {
		if (this.child.pid === undefined) return;
		try {
			process.kill(-this.child.pid, name);
		} catch {
			// The group is empty: all of it has ended.
		}
	}
}
