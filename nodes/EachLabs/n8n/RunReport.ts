import type { IExecuteFunctions } from 'n8n-workflow';

import type { PredictionRun } from '../core/prediction/PredictionRun';
import type { LeftFiles } from '../core/upload/UploadDeletion';
import { listed, written } from '../core/words';
import { hostClock } from './hostClock';
import { tellSummary, type RunFacts } from './runSummary';

const MINUTE_MS = 60_000;
const MAX_NAMED_IDS = 100;

/** The hints that stand over the node's output when the run is over. */
export class RunReport {
	private readonly openedMs = hostClock.monotonicMs();
	private readonly hints = new Set<string>();
	private readonly closing: string[] = [];

	/** The same text is shown once. */
	readonly addHint = (message: string): void => {
		this.hints.add(message);
	};

	/** Has the hints end with one about the run as a whole. */
	sumUp(facts: Omit<RunFacts, 'elapsedMs'>): void {
		const elapsedMs = hostClock.monotonicMs() - this.openedMs;
		tellSummary({ ...facts, elapsedMs }, (message) => this.closing.push(message));
	}

	/** @param keptForLater files that stay for predictions which were not waited for, where nothing else keeps them */
	noteUploads({ leftIds, untilEpochMs }: LeftFiles, keptForLater: number): void {
		if (keptForLater > 0) {
			this.addHint(
				`Uploaded files that stay at Each Labs until ${minuteOf(untilEpochMs)}, since their predictions were not waited for: ${written(keptForLater)}. Until then, anyone who has the address of such a file can read it.`,
			);
		}
		if (leftIds.length > 0) {
			this.addHint(
				`${written(leftIds.length)} of the uploaded files could not be deleted from Each Labs. Until ${minuteOf(untilEpochMs)}, when 'Upload Retention' ends, anyone who has the address of such a file can read it. 'File → Delete' deletes it before: file ${leftIds.length === 1 ? 'ID' : 'IDs'} ${listed(leftIds, MAX_NAMED_IDS)}.`,
			);
		}
	}

	notePredictions({ unknownEnds, heldBackBy }: Pick<PredictionRun, 'unknownEnds' | 'heldBackBy'>): void {
		if (unknownEnds.size > 0) {
			const words = [...new Set(unknownEnds.values())].map((word) => `'${word.slice(0, 50)}'`);
			this.addHint(
				`Each Labs gave ${words.slice(0, 5).join(', ')} as the status of predictions that have an output; this node does not know what that means. It waited until 'Max Wait' ended, took the output and asked Each Labs to cancel them: look whether their results are whole. Prediction ${unknownEnds.size === 1 ? 'ID' : 'IDs'} ${listed([...unknownEnds.keys()], MAX_NAMED_IDS)}.`,
			);
		}
		if (heldBackBy !== undefined) {
			this.addHint(
				`Your Each Labs account let fewer predictions run at once than this node could have used, so it took longer. Each Labs says: ${heldBackBy || 'too many predictions in progress'}`,
			);
		}
	}

	/** Hands the hints to n8n. To be called once. */
	handOver(functions: IExecuteFunctions): void {
		for (const message of [...this.hints, ...this.closing])
			functions.addExecutionHints({ message, location: 'outputPane' });
	}
}

/** E.g. '2026-01-31 18:30 UTC'; never earlier than the moment itself. */
function minuteOf(epochMs: number): string {
	const minute = new Date(Math.ceil(epochMs / MINUTE_MS) * MINUTE_MS);
	return `${minute.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
