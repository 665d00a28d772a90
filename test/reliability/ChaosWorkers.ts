import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { ChaosOutput, ChaosWork } from './chaosProbe';

/** A process that runs n8n's engine. */
export class ChaosWorker {
	private readonly written: string[] = [];

	private constructor(private readonly child: ChildProcess) {
		for (const stream of [child.stdout, child.stderr])
			stream?.on('data', (chunk: Buffer) => this.written.push(chunk.toString('utf8')));
	}

	static async start(): Promise<ChaosWorker> {
		const child = fork(join(__dirname, 'chaosProbe.ts'), {
			execArgv: ['--import', 'tsx'],
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		});
		const worker = new ChaosWorker(child);
		await worker.nextMessage();
		return worker;
	}

	/** @throws Error when the process ends meanwhile, with what it has written */
	async work(work: ChaosWork): Promise<readonly ChaosOutput[]> {
		const done = this.nextMessage();
		this.child.send(work);
		return (await done) as readonly ChaosOutput[];
	}

	/** Without a chance to clean up. */
	kill(): void {
		this.child.kill('SIGKILL');
	}

	get isAlive(): boolean {
		return this.child.exitCode === null && !this.child.killed;
	}

	private async nextMessage(): Promise<unknown> {
		const over = new AbortController();
		const { signal } = over;
		try {
			return await Promise.race([
				once(this.child, 'message', { signal }).then(([message]: unknown[]) => message),
				once(this.child, 'close', { signal }).then(() => {
					throw new Error(`A process of the chaos run has ended:\n${this.written.join('')}`);
				}),
			]);
		} finally {
			over.abort();
		}
	}
}

/** Processes that serve one chaos run after the other; one that was killed is replaced. */
export class ChaosWorkers {
	private idle: ChaosWorker[] = [];

	async take(count: number): Promise<readonly ChaosWorker[]> {
		const taken = this.idle.splice(0, count);
		const missing = count - taken.length;
		return [
			...taken,
			...(await Promise.all(Array.from({ length: missing }, async () => await ChaosWorker.start()))),
		];
	}

	giveBack(workers: readonly ChaosWorker[]): void {
		this.idle.push(...workers.filter(({ isAlive }) => isAlive));
	}

	close(): void {
		for (const worker of this.idle) worker.kill();
	}
}
