import { isRecord } from '../../core/json';
import { MEDIA_KINDS, type MediaUrl } from '../../core/media/media';
import { MAX_PROMPT_TOKENS } from '../../core/model/questionInput';
import { CHARACTERS_PER_TOKEN } from '../../core/tokens';
import { PredictionError } from '../../core/PredictionError';

/** One turn of a conversation with the model, as it stands in an output item. */
export interface Turn {
	readonly role: 'user' | 'model';
	readonly text: string;
	/** Files of a user's turn that can still be read at their address. */
	readonly media?: readonly MediaUrl[];
}

const ROLES: ReadonlyMap<unknown, Turn['role']> = new Map<unknown, Turn['role']>([
	['user', 'user'],
	['human', 'user'],
	['model', 'model'],
	['assistant', 'model'],
]);

/**
 * Reads the conversation of an earlier output item, or a list of `{role, text}` that somebody wrote.
 *
 * @throws {PredictionError} `invalidInput`, naming the turn
 */
export function readTurns(value: unknown): Turn[] {
	if (value === undefined || value === null || value === '') return [];
	if (!Array.isArray(value)) {
		throw PredictionError.invalidInput(
			"The option 'History' is not a list of turns",
			'Give it the \'conversation\' of an earlier output item, e.g. {{ $json.conversation }}, or a list such as [{"role": "user", "text": "…"}, {"role": "model", "text": "…"}].',
		);
	}
	return value.map((entry: unknown, position): Turn => {
		const { role, text, media } = isRecord(entry) ? entry : ({} as Record<string, unknown>);
		const known = ROLES.get(role);
		if (known === undefined || typeof text !== 'string') {
			throw PredictionError.invalidInput(
				`Turn ${position + 1} of the option 'History' has no ${known === undefined ? "'role' that is user or model" : "'text'"}`,
				'Each turn is an object with role (user or model) and text.',
			);
		}
		const readable = Array.isArray(media)
			? media.filter(isMediaUrl).map(({ kind, url }) => ({ kind, url }))
			: [];
		return { role: known, text, ...(readable.length === 0 ? {} : { media: readable }) };
	});
}

function isMediaUrl(value: unknown): value is MediaUrl {
	if (!isRecord(value)) return false;
	const { kind, url } = value;
	return (
		MEDIA_KINDS.some((known) => known === kind) &&
		typeof url === 'string' &&
		/^https?:\/\/[^\s@]+$/i.test(url)
	);
}

/**
 * The prompt of a follow-up question: the turns so far, then the question. The oldest turns go first where the whole would not
 * fit into the model's context.
 *
 * @param besidesCharacters what else the request says, such as a system instruction
 */
export function followUpPrompt(
	turns: readonly Turn[],
	question: string,
	besidesCharacters = 0,
): { prompt: string; kept: readonly Turn[] } {
	if (turns.length === 0) return { prompt: question, kept: turns };
	const budget = MAX_PROMPT_TOKENS * CHARACTERS_PER_TOKEN - question.length - besidesCharacters - 1_000;
	let length = 0;
	let first = turns.length;
	while (first > 0) {
		const cost = (turns[first - 1]?.text.length ?? 0) + 20;
		if (length + cost > budget) break;
		length += cost;
		first -= 1;
	}
	const kept = turns.slice(first);
	const said = kept.map(({ role, text, media }) => {
		const files = media && media.length > 0 ? ` (with ${media.length} of the files)` : '';
		return `${role === 'user' ? 'User' : 'You'}${files}: ${text}`;
	});
	const prompt = [
		'This conversation came before:',
		...said,
		'',
		'Now answer the next question of the user:',
		question,
	].join('\n');
	return { prompt, kept };
}
