import type { IDataObject } from 'n8n-workflow';

import { AnswerSchema } from '../../core/schema/AnswerSchema';
import { splitGroupAnswer } from '../../core/answer/groupAnswer';
import { correctionPrompt, groupPrompt, itemTags, structuredPrompt } from '../../core/answer/prompts';
import type { MediaUrl } from '../../core/media/media';
import { PredictionError } from '../../core/PredictionError';
import { outputText } from '../../core/prediction/outputText';
import { structuredAnswer } from '../../core/answer/structuredAnswer';
import type { Prediction } from '../../core/api/shapes';
import { settled, type ItemOutput, type Settled, type WorkUnit } from '../operation';
import { withInputFields } from '../withInputFields';
import type { MediaItem } from './MediaItem';
import { MembersNotSent, requestAnswer, type RequestedAnswer } from './requestAnswer';

/** What an item's answer has cost: its share of each request that it was part of. */
interface Purchase {
	readonly prediction: Prediction;
	readonly shareUsd: number | null;
	/** Whether the request was about this item alone. */
	readonly isOwn: boolean;
}

/** Of an answer that an error quotes. */
const MAX_RAW_CHARACTERS = 20_000;

/** The form of an answer of an operation that asks for plain text, where it is one of several answers. */
const TEXT_SCHEMA = AnswerSchema.fromJsonSchema({ type: 'string' }, 'form of a text');

/** Items of a media operation that share a request; most often one. */
export class MediaUnit implements WorkUnit {
	private readonly members: MediaItem[];

	constructor(first: MediaItem) {
		this.members = [first];
	}

	get itemIndexes(): readonly number[] {
		return this.members.map(({ context }) => context.itemIndex);
	}

	add(member: MediaItem): void {
		this.members.push(member);
	}

	get items(): readonly MediaItem[] {
		return this.members;
	}

	async work(): Promise<ReadonlyArray<Settled<ItemOutput>>> {
		// A file that is not what it claims to be ends its own item, not those that share its request.
		const checked = await Promise.all(this.members.map(async (member) => await settled(identifyAll(member))));
		const sound = this.members.filter((_, position) => checked[position]?.ok);
		const answered = await answersFor(sound);
		return checked.map((check, position) => {
			const member = this.members[position];
			if (!check.ok || member === undefined) return check as Settled<never>;
			return answered[sound.indexOf(member)] as Settled<ItemOutput>;
		});
	}
}

async function identifyAll({ sources }: MediaItem): Promise<void> {
	for (const source of sources) if (!('url' in source)) await source.identified();
}

async function answersFor(members: readonly MediaItem[]): Promise<Array<Settled<ItemOutput>>> {
	const [first, ...others] = members;
	if (first === undefined) return [];
	if (others.length === 0) return [await settled(answerAlone(first, []))];

	const { task, schema = TEXT_SCHEMA } = first.question;
	const tags = tagsFor(first, members.length);
	const prompt = groupPrompt(
		task,
		schema,
		members.map(({ sources }, position) => ({ tag: tags[position] ?? '', fileCount: sources.length })),
	);
	const requested = await settled(requestAnswer([first, ...others], prompt));
	if (!requested.ok) {
		const { error } = requested;
		if (!(error instanceof MembersNotSent)) {
			return members.map(() => ({ ok: false, error: sharedError(error, members.length) }));
		}
		// A file that can't be sent ends its own item; the others go without it.
		const sent = members.filter((member) => !error.reasons.has(member));
		const answered = await answersFor(sent);
		return members.map(
			(member) => answered[sent.indexOf(member)] ?? { ok: false, error: error.reasons.get(member) },
		);
	}
	const { prediction, lastingMedia } = requested.value;
	const answers = splitGroupAnswer(outputText(prediction.output), schema, tags);
	const purchase: Purchase = {
		prediction,
		shareUsd: prediction.cost === null ? null : prediction.cost / members.length,
		isOwn: false,
	};
	return await Promise.all(
		members.map(async (member, position) => {
			// Who got no valid answer is asked about alone, once; the others stand.
			if (!answers.has(position)) return await settled(answerAlone(member, [purchase]));
			return {
				ok: true as const,
				value: output(
					member,
					member.question.read(answers.get(position), ownMedia(member, lastingMedia[position])),
					[purchase],
				),
			};
		}),
	);
}

/** The same at each try of Retry On Fail, which takes up a prediction by its words; others in every other execution. */
function tagsFor({ context, question }: MediaItem, count: number): string[] {
	const { functions, itemIndex } = context;
	return itemTags([functions.getExecutionId(), itemIndex, question.task].join('|'), count);
}

/** @param earlier what was bought for the item before, without an answer that it could use */
async function answerAlone(member: MediaItem, earlier: readonly Purchase[]): Promise<ItemOutput> {
	const { task, schema, read, readUnreadable } = member.question;
	const { autoFix } = member.options;
	if (schema === undefined) {
		const { prediction, lastingMedia } = await requestNaming(member, task, earlier);
		const fields = read(outputText(prediction.output), ownMedia(member, lastingMedia[0]));
		return output(member, fields, [...earlier, alone(prediction)]);
	}
	let prompt = structuredPrompt(task, schema);
	let purchases = earlier;
	for (let attempt = autoFix ? 0 : 1; ; attempt++) {
		const { prediction, lastingMedia } = await requestNaming(member, prompt, purchases);
		purchases = [...purchases, alone(prediction)];
		const text = outputText(prediction.output);
		const answer = structuredAnswer(text, schema);
		if (answer.ok) return output(member, read(answer.value, ownMedia(member, lastingMedia[0])), purchases);
		if (attempt === 0) {
			prompt = correctionPrompt(prompt, text, answer.complaint);
			continue;
		}
		if (readUnreadable) return output(member, readUnreadable(answer.complaint), purchases);
		throw unusableAnswer(text, answer.complaint, purchases, autoFix);
	}
}

/** What ended a request of several items, with an item's share of what it cost. */
function sharedError(error: unknown, memberCount: number): unknown {
	if (!(error instanceof PredictionError) || typeof error.facts.cost !== 'number') return error;
	return error.with({ cost: error.facts.cost / memberCount });
}

/** A request that fails names what was bought for the item before it, and counts what that cost. */
async function requestNaming(
	member: MediaItem,
	prompt: string,
	earlier: readonly Purchase[],
): Promise<RequestedAnswer> {
	const requested = await settled(requestAnswer([member], prompt));
	if (requested.ok) return requested.value;
	const { error } = requested;
	if (earlier.length === 0 || !(error instanceof PredictionError)) throw error;
	throw error.with({
		description: `${error.description} Before that, the model had answered without a usable result (prediction ID ${earlier.map(({ prediction }) => prediction.id).join(', ')}).`,
		earlierPredictionIds: earlier.map(({ prediction }) => prediction.id),
		cost: totalUsd([...earlier.map(({ shareUsd }) => shareUsd), error.facts.cost ?? null]),
		rawOutput: error.facts.rawOutput ?? ownAnswer(earlier),
	});
}

/** The answer that was bought last for the item alone; a group's holds those of other items, too. */
function ownAnswer(purchases: readonly Purchase[]): string | undefined {
	const last = purchases.findLast(({ isOwn }) => isOwn);
	return last && outputText(last.prediction.output).slice(0, MAX_RAW_CHARACTERS);
}

/** Without those of earlier turns, which stand in the conversation already. */
function ownMedia({ question }: MediaItem, media: readonly MediaUrl[] = []): readonly MediaUrl[] {
	return media.slice(question.earlierMedia?.length ?? 0);
}

function alone(prediction: Prediction): Purchase {
	return { prediction, shareUsd: prediction.cost, isOwn: true };
}

function output(member: MediaItem, fields: IDataObject, purchases: readonly Purchase[]): ItemOutput {
	const { model, simplify, options, context, question } = member;
	const last = purchases.at(-1)?.prediction;
	const earlierIds = purchases.slice(0, -1).map(({ prediction }) => prediction.id);
	const result: IDataObject = {
		...fields,
		predictionId: last?.id,
		model: model.slug,
		cost: totalUsd(purchases.map(({ shareUsd }) => shareUsd)),
		predictTime: last?.predictTimeSeconds ?? null,
		...(earlierIds.length === 0 ? {} : { earlierPredictionIds: earlierIds }),
		...(simplify ? {} : { prediction: last?.raw as IDataObject }),
	};
	const outputIndex = question.outputIndex?.(fields);
	return { ...withInputFields(context, options, result), outputIndex };
}

/** USD; null where the service said of none what it cost. */
function totalUsd(costs: ReadonlyArray<number | null>): number | null {
	const known = costs.flatMap((cost) => cost ?? []);
	return known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0);
}

function unusableAnswer(
	text: string,
	complaint: string,
	purchases: readonly Purchase[],
	wasCorrected: boolean,
): PredictionError {
	const last = purchases.at(-1)?.prediction;
	return new PredictionError('unusableAnswer', `The model's answer does not fit the schema: ${complaint}`, {
		description: `${wasCorrected ? 'It was asked twice.' : "Switch on the option 'Auto-Fix' to ask once more in such a case, or ask for less at once."} What it wrote is in 'rawOutput' of the details. (prediction ID ${last?.id ?? ''})`,
		predictionId: last?.id,
		earlierPredictionIds: purchases.slice(0, -1).map(({ prediction }) => prediction.id),
		rawOutput: text.slice(0, MAX_RAW_CHARACTERS),
		cost: totalUsd(purchases.map(({ shareUsd }) => shareUsd)),
	});
}
