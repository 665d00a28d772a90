import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const supervisor = path.join(__dirname, 'supervise.cjs');
const readyTimeoutMs = 120_000;
const readyPollMs = 100;
const stopTimeoutMs = 15_000;
const keptLogCharacters = 100_000;

export interface ProgramToRun {
	/** For messages. */
	readonly name: string;
	readonly program: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: NodeJS.ProcessEnv;
	/** Asked again and again, until it answers true. */
	readonly isReady: () => Promise<boolean>;
}

/** A program that goes on until it is stopped, or until the process that started it has ended in whatever way. */
export class RunningProgram {
	private readonly child: ChildProcess;

	private readonly ended: Promise<void>;

	private hasEnded = false;

	private log = '';

	constructor(private readonly run: ProgramToRun) {
		this.child = spawn(process.execPath, [supervisor, run.program, ...run.args], {
			cwd: run.cwd,
			env: run.env,
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
			// A group of its own: a Ctrl-C in the terminal reaches the caller alone, who stops things in order.
			detached: true,
		});
		const keep = (chunk: Buffer): void => {
			this.log = (this.log + chunk.toString()).slice(-keptLogCharacters);
		};
		this.child.stdout?.on('data', keep);
		this.child.stderr?.on('data', keep);
		this.ended = new Promise((resolve) => {
			const settle = (): void => {
				this.hasEnded = true;
				resolve();
			};
			this.child.once('exit', settle);
			this.child.once('error', (error) => {
				this.log += error.message;
				settle();
			});
		});
	}

	/** Throws with the program's log when it ends before it is ready, or takes longer than `timeoutMs`. */
	async waitUntilReady(timeoutMs = readyTimeoutMs): Promise<void> {
		const deadlineMs = Date.now() + timeoutMs;
		for (;;) {
			const isReady = await this.run.isReady();
			// Asked first: what answers in place of a program that has ended is another one.
			if (this.hasEnded) throw new Error(`${this.run.name} ended while it started:\n${this.log}`);
			if (isReady) return;
			if (Date.now() > deadlineMs) {
				throw new Error(`${this.run.name} was not ready in ${timeoutMs / 1_000} s:\n${this.log}`);
			}
			await pause(readyPollMs);
		}
	}

	/** What the program has printed last, at most 100,000 characters. */
	get printed(): string {
		return this.log;
	}

	/** Settles when the program has ended, by itself or by `stop`. */
	async end(): Promise<void> {
		await this.ended;
	}

	/** Ends the program at once, as a machine does that fails: it gets no chance to say or save anything. */
	async kill(): Promise<void> {
		this.signal('SIGKILL');
		await this.ended;
	}

	/**
	 * Ends the program and everything that it started in its group. Safe to call again.
	 *
	 * @param patienceMs how long it may take to end by itself
	 * @param signal how it is asked to; SIGINT is a Ctrl-C
	 */
	async stop(patienceMs = stopTimeoutMs, signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> {
		this.signal(signal);
		const patience = new AbortController();
		await Promise.race([
			this.ended,
			pause(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
		]);
		patience.abort();
		// What a program leaves behind, as n8n does its task runners, belongs to its group.
		await this.kill();
	}

	private signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void {
		if (this.child.pid === undefined) return;
		try {
			process.kill(-this.child.pid, name);
		} catch {
			// The group is empty: all of it has ended.
		}
	}
}
