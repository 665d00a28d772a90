import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

const readyTimeoutMs = 120_000;
const readyPollMs = 250;
const stopTimeoutMs = 15_000;
const requestTimeoutMs = 30_000;
const keptLogCharacters = 100_000;

export interface Owner {
	readonly email: string;
	readonly password: string;
}

/** An n8n server with its editor, on loopback. */
export class RunningN8n {
	private log = '';

	private readonly ended: Promise<void>;

	private hasEnded = false;

	/** @param child n8n, started as the leader of a process group of its own */
	constructor(
		private readonly child: ChildProcess,
		/** Where the editor is. */
		readonly url: string,
	) {
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

	/** Makes the one account that a fresh n8n asks for before it shows anything. */
	async createOwner({ email, password }: Owner): Promise<void> {
		const response = await fetch(`${this.url}/rest/owner/setup`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ email, password, firstName: 'Sandbox', lastName: 'Owner' }),
			signal: AbortSignal.timeout(requestTimeoutMs),
		});
		if (!response.ok) {
			throw new Error(`n8n made no owner: ${response.status} ${await response.text()}\n${this.log}`);
		}
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
		return await fetch(`${this.url}/healthz/readiness`, {
			signal: AbortSignal.timeout(requestTimeoutMs),
		}).then(
			({ ok }) => ok,
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
