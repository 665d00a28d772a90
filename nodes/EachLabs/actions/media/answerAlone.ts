import type { IDataObject } from 'n8n-workflow';

import { correctionPrompt, structuredPrompt } from '../../core/answer/prompts';
import { structuredAnswer } from '../../core/answer/structuredAnswer';
import type { Prediction } from '../../core/api/shapes';
import type { MediaUrl } from '../../core/media/media';
import { failureOf, PredictionError } from '../../core/PredictionError';
import { emptyOutput } from '../../core/prediction/emptyOutput';
import { isCutOffByProvider, outputText } from '../../core/prediction/outputText';
import { settled, type ItemOutput } from '../operation';
import type { MediaItem, MediaQuestion } from './MediaItem';
import { itemOutput, namingEarlier, purchaseOf, withPurchases, type Purchase } from './purchases';
import { requestAnswer, type RequestedAnswer } from './requestAnswer';

/**
 * Asks about one item by itself, as `askAlone` does. What the provider refused to look at is a result in operations where it is
 * one.
 *
 * @throws {PredictionError}
 */
export async function answerAlone(member: MediaItem, earlier: readonly Purchase[]): Promise<ItemOutput> {
	return await askAlone(member, earlier).catch(async (error: unknown) => await blockedOutput(member, error));
}

/**
 * Asks about one item by itself; with Auto-Fix once more, where the answer does not fit.
 *
 * @param earlier what was bought for the item before, without an answer that it could use
 * @throws {PredictionError}
 */
export async function askAlone(member: MediaItem, earlier: readonly Purchase[]): Promise<ItemOutput> {
	const { schema } = member.question;
	const { autoFix } = member.options;
	let prompt = promptAlone(member.question);
	let purchases = earlier;
	const texts: string[] = [];
	for (let attempt = autoFix && schema !== undefined ? 0 : 1; ; attempt++) {
		const { prediction, model, failed, lastingMedia } = await requestNaming(member, prompt, purchases);
		purchases = [...purchases, ...failed, purchaseOf(prediction, model)];
		const empty = emptyOutput(prediction);
		if (empty?.facts.failure === 'blocked') throw namingEarlier(empty, purchases.slice(0, -1));
		texts.push(outputText(prediction.output));
		const reading = readTexts(member, texts, ownMedia(member, lastingMedia[0]), purchases);
		if (reading.complaint !== undefined && attempt === 0) {
			prompt = correctionPrompt(prompt, texts.at(-1) ?? '', reading.complaint);
			continue;
		}
		if (reading.fields !== undefined) {
			return await itemOutput(member, toldCutOff(member, reading.fields, prediction), purchases);
		}
		throw withPurchases(doesNotFit(reading.complaint ?? '', autoFix), purchases);
	}
}

/** A form of answer that has no end of its own does not show that it is not whole. */
export function toldCutOff(
	{ context, question }: MediaItem,
	fields: IDataObject,
	{ output }: Pick<Prediction, 'output'>,
): IDataObject {
	if (question.schema !== undefined || !isCutOffByProvider(output)) return fields;
	context.session.addHint(
		"The model's provider has cut answers off before their end, at a limit of tokens or by its rules for content; their items have 'cutOff'. Raise or remove the option 'Max Output Tokens', ask for less at once, or choose another model.",
	);
	return { ...fields, cutOff: true };
}

/** The prompt of a request about one item. */
export function promptAlone({ task, schema }: MediaQuestion): string {
	return schema === undefined ? task : structuredPrompt(task, schema);
}

/** @param texts all answers about the item alone, the last one last */
export function readTexts(
	member: MediaItem,
	texts: readonly string[],
	media: readonly MediaUrl[],
	purchases: readonly Purchase[],
): { readonly fields?: IDataObject; readonly complaint?: string } {
	const { schema, read, readTexts: readThem } = member.question;
	const { leftOut } = member;
	const text = texts.at(-1) ?? '';
	try {
		if (readThem) return readThem(texts, media, leftOut);
		if (schema === undefined) return { fields: read(text, media, leftOut) };
		const answer = structuredAnswer(text, schema);
		if (!answer.ok) return { complaint: answer.complaint };
		return { fields: read(answer.value, media, leftOut) };
	} catch (error) {
		throw withPurchases(error, purchases);
	}
}

/** Without those of earlier turns, which stand in the conversation already. */
export function ownMedia({ question }: MediaItem, media: readonly MediaUrl[] = []): readonly MediaUrl[] {
	return media.slice(question.earlierMedia?.length ?? 0);
}

/**
 * The result of an item that the provider refused to look at, in operations where that is one.
 *
 * @throws the error, in all others
 */
export async function blockedOutput(member: MediaItem, error: unknown): Promise<ItemOutput> {
	const { readBlocked } = member.question;
	if (!readBlocked || !(error instanceof PredictionError) || failureOf(error) !== 'blocked') throw error;
	const { predictionId, earlierPredictionIds = [], cost = null } = error.facts;
	const fields = readBlocked(error.message, member.leftOut);
	// The error's cost counts what was bought before it.
	const earlier = earlierPredictionIds.map((id) => ({ predictionId: id, shareUsd: null, isOwn: true }));
	const last = predictionId === undefined ? [] : [{ predictionId, shareUsd: cost, isOwn: true }];
	return await itemOutput(member, fields, [...earlier, ...last]);
}

/** A request that fails names what was bought for the item before it. */
async function requestNaming(
	member: MediaItem,
	prompt: string,
	earlier: readonly Purchase[],
): Promise<RequestedAnswer> {
	const requested = await settled(requestAnswer([member], prompt));
	if (!requested.ok) throw namingEarlier(requested.error, earlier);
	if ('notSent' in requested.value) throw namingEarlier(requested.value.notSent.get(member), earlier);
	return requested.value;
}

function doesNotFit(complaint: string, wasCorrected: boolean): PredictionError {
	return new PredictionError('unusableAnswer', `The model's answer does not fit the schema: ${complaint}`, {
		description: `${wasCorrected ? 'It was asked twice.' : "Switch on the option 'Auto-Fix' to ask once more in such a case, or ask for less at once."} What it wrote is in 'rawOutput' of the details.`,
	});
}
