import { createHash } from 'node:crypto';

import { composeSentence } from '../composeSentence';
import { composeText } from '../composeText';
import type { DescribedMedium } from '../MediumDescription';
import { composeAltTextAnswer } from './composeAltTextAnswer';
import { composeClassification } from './composeClassification';
import { composeModeration } from './composeModeration';
import type { JsonValue } from './JsonValue';
import type { SchemaFiller } from './SchemaFiller';
import type { Subject } from './Subject';

/** Tasks with an answer of their own; null where the schema isn't the one that they are known to come with. */
const tasks: ReadonlyArray<[RegExp, (schema: SchemaFiller['schema'], subject: Subject) => JsonValue | null]> =
	[
		[/^\s*Task: classify\b/im, composeClassification],
		[/^\s*Task: moderate\b/im, composeModeration],
		[/^\s*Task: alt text\b/im, composeAltTextAnswer],
	];

/** The answer about one item, from its own media and the question alone. */
export async function composeItemAnswer(
	question: string,
	media: readonly DescribedMedium[],
	others: readonly string[],
	filler: SchemaFiller,
): Promise<JsonValue> {
	const prose = composeText(question, media, others);
	const isTranscript = /^\s*Task: transcript\b/im.test(question);
	const subject: Subject = {
		media,
		seed: createHash('sha256')
			.update([question, ...media.map(({ sha256 }) => sha256)].join('\n'))
			.digest('hex'),
		prose,
		sentence: (maxLength) =>
			isTranscript && prose.length <= maxLength ? prose : composeSentence(media, maxLength, 'full'),
	};
	for (const [task, compose] of tasks) {
		const answer = task.test(question) ? compose(filler.schema, subject) : null;
		if (answer !== null && filler.fits(answer)) return answer;
	}
	return await filler.fill(subject);
}
