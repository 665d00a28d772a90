import { answerTokens, TEXT_TOKENS } from '../../core/answer/answerTokens';
import { hasRoomFor, MAX_OUTPUT_TOKENS } from '../../core/model/questionInput';
import { readItemsPerPrediction } from '../fields/itemsPerPrediction';
import type { ItemContext, WorkUnit } from '../operation';
import { readMediaItem, type MediaItem, type MediaQuestion } from './MediaItem';
import { MediaUnit } from './MediaUnit';

/** Index, braces and quotes of an entry of a group's answer. */
const ENTRY_TOKENS = 12;
/** What the model may need beyond the estimate. */
const TOKEN_RESERVE = 0.85;

/**
 * Prepares an item of a media operation: alone, or into the open group of items that ask the same.
 *
 * A group is full when it has as many items as 'Items per Prediction' says, or as the model's limits for files and for the
 * length of its answer allow; then the next one begins.
 */
export async function prepareMedia(context: ItemContext, question: MediaQuestion): Promise<WorkUnit> {
	const itemsPerPrediction = readItemsPerPrediction(context);
	const member = await readMediaItem(context, question);
	if (itemsPerPrediction === 1) return new MediaUnit(member);

	const { session } = context;
	const size = Math.min(itemsPerPrediction, answersThatFit(member));
	if (size < itemsPerPrediction) {
		session.addHint(
			`'Items per Prediction' was lowered from ${itemsPerPrediction.toLocaleString('en-US')} to ${size.toLocaleString('en-US')}, since the model's answer can't be longer.`,
		);
	}
	const key = groupKey(member);
	const open = session.openGroups.get(key);
	if (open instanceof MediaUnit && open.items.length < size && fits(open, member)) {
		open.add(member);
		return open;
	}
	if (open instanceof MediaUnit && open.items.length < size) {
		session.addHint(
			`A request of ${member.model.slug} can't hold the files of ${size.toLocaleString('en-US')} items, so some share theirs with fewer than 'Items per Prediction' says.`,
		);
	}
	const group = new MediaUnit(member);
	session.openGroups.set(key, group);
	return group;
}

/** Items share a request only where everything but their media is the same. */
function groupKey({ model, wish, question }: MediaItem): string {
	return JSON.stringify([model.slug, wish, question.task, question.schema?.schema]);
}

function answersThatFit({ question, options }: MediaItem): number {
	const tokens =
		ENTRY_TOKENS +
		(question.schema ? answerTokens(question.schema.schema) : (question.textTokens ?? TEXT_TOKENS));
	const budget = (options.maxOutputTokens ?? MAX_OUTPUT_TOKENS) * TOKEN_RESERVE;
	return Math.max(1, Math.floor(budget / tokens));
}

function fits(group: MediaUnit, { model, sources }: MediaItem): boolean {
	return hasRoomFor(model, [...group.items.flatMap((member) => member.sources), ...sources]);
}
