import { chooseOption, namedOptions } from './chooseOption';
import type { JsonSchema, JsonValue } from './JsonValue';
import { listedOptions } from './listedOptions';
import { shareOf } from './shareOf';
import type { Subject } from './Subject';

/**
 * The answer `{labels: [{label, confidence}]}`: the labels that name the main colour, the format, the kind or another colour
 * of what was sent, surest first; when none does, one that looks drawn, with less confidence.
 *
 * @returns null when the schema is of another form
 */
export function composeClassification(schema: JsonSchema, subject: Subject): JsonValue | null {
	const listed = listedOptions(schema, 'labels', 'label');
	if (listed === null) return null;
	const named = namedOptions(listed.options, subject).slice(0, listed.maxItems);
	if (named.length > 0) {
		return { labels: named.map((label, rank) => ({ label, confidence: rounded(0.98 / (1 + rank / 4)) })) };
	}
	const label = chooseOption(listed.options, subject, 'label');
	return { labels: [{ label, confidence: rounded(0.5 + 0.3 * shareOf(subject.seed, 'confidence')) }] };
}

function rounded(confidence: number): number {
	return Math.round(confidence * 100) / 100;
}
