import type { Prediction } from '../api/shapes';
import { isRecord } from '../json';

/** The token counts that came with an answer, as the service names them; undefined where none came. */
export function tokenUsage({ output, raw }: Prediction): Readonly<Record<string, unknown>> | undefined {
	for (const holder of [output, raw, raw['metrics']]) {
		const usage = isRecord(holder) ? holder['usage'] : undefined;
		if (isRecord(usage)) return usage;
	}
	return undefined;
}
