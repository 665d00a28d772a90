import { SingleBar } from 'cli-progress';
import type { HttpExchange, RunListener } from '../../test/support/workflowEngine';

const TERMINAL_STATUSES = new Set(['success', 'error', 'failed', 'cancelled']);

/**
 * Shows how many of a run's predictions are done, from the answers that the node gets: the same with the sandbox and the
 * real API. On a terminal it is a bar; elsewhere a line for each prediction.
 */
export class PredictionProgress {
	private readonly created = new Set<string>();
	private readonly done = new Set<string>();
	private readonly bar: SingleBar | undefined;
	private total = 0;

	/** @param countNode the node whose items are the files that will be worked on */
	constructor(
		private readonly countNode: string,
		private readonly output: NodeJS.WriteStream = process.stdout,
	) {
		if (output.isTTY) {
			const format = '  {bar} {value} of {total} done, {inFlight} in progress, {duration} s';
			this.bar = new SingleBar({
				format,
				stream: output,
				hideCursor: true,
				barCompleteChar: '█',
				barIncompleteChar: '░',
				barsize: 30,
			});
		}
	}

	readonly listener: RunListener = {
		nodeAfter: (nodeName, { items }) => {
			if (nodeName !== this.countNode) return;
			this.total = items.length;
			this.bar?.start(this.total, 0, { inFlight: 0 });
		},
		httpExchange: (exchange) => {
			const change = predictionChange(exchange);
			if (change === undefined) return;
			const doneBefore = this.done.size;
			this.created.add(change.id);
			if (change.done) this.done.add(change.id);
			this.show(this.done.size > doneBefore);
		},
	};

	/** Call it once the run has ended, however it ended. */
	stop(): void {
		this.bar?.stop();
	}

	private show(oneMoreIsDone: boolean): void {
		const inFlight = this.created.size - this.done.size;
		this.bar?.update(this.done.size, { inFlight });
		if (!this.bar && oneMoreIsDone) {
			this.output.write(`  ${this.done.size} of ${this.total} done, ${inFlight} in progress\n`);
		}
	}
}

/** The prediction that an answer tells of: one that was just created, or one that was asked for. */
function predictionChange({
	method,
	url,
	statusCode,
	body,
}: HttpExchange): { id: string; done: boolean } | undefined {
	const { pathname } = new URL(url);
	if (statusCode !== 200 || !pathname.startsWith('/v1/prediction') || typeof body !== 'string')
		return undefined;
	const { id, predictionID, status } = parseAnswer(body);
	if (method === 'POST' && typeof predictionID === 'string') return { id: predictionID, done: false };
	if (method !== 'GET' || typeof id !== 'string') return undefined;
	return { id, done: typeof status === 'string' && TERMINAL_STATUSES.has(status) };
}

function parseAnswer(body: string): { id?: unknown; predictionID?: unknown; status?: unknown } {
	try {
		const answer: unknown = JSON.parse(body);
		return typeof answer === 'object' && answer !== null ? answer : {};
	} catch {
		return {};
	}
}
