import { groupPrompt, itemTags } from '../../core/answer/prompts';
import { AnswerSchema } from '../../core/schema/AnswerSchema';
import type { MediaItem, MediaQuestion } from './MediaItem';

/** The form of an answer of an operation that asks for plain text, where it is one of several answers. */
const TEXT = { type: 'string' };

/** The form of each answer where several items share a request. */
export function sharedSchema({ schema }: MediaQuestion): AnswerSchema {
	return schema ?? AnswerSchema.fromJsonSchema(TEXT, 'form of a text');
}

/** What counts for one of the answers. */
export function readableSchema(question: MediaQuestion): AnswerSchema {
	return question.looseSchema ?? sharedSchema(question);
}

/** The same at each try of Retry On Fail, which takes up a prediction by its words; another in every other execution. */
export function tagSeed({ context }: MediaItem): string {
	return `${context.functions.getExecutionId()}|${context.itemIndex}`;
}

/** @param seed of the first of the items, as `tagSeed` gives it */
export function groupTags(seed: string, { task }: MediaQuestion, count: number): string[] {
	return itemTags(`${seed}|${task}`, count);
}

/** The prompt of a request that these items share. @param tags as `groupTags` gives them */
export function sharedPrompt(
	question: MediaQuestion,
	members: readonly MediaItem[],
	tags: readonly string[],
): string {
	return groupPrompt(
		question.task,
		sharedSchema(question),
		members.map(({ sources }, position) => ({ tag: tags[position] ?? '', fileCount: sources.length })),
	);
}
