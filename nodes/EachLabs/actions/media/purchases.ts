import type { IDataObject } from 'n8n-workflow';

import type { BoughtPrediction } from '../../core/prediction/PredictionLedger';
import { isRecord } from '../../core/json';
import { PredictionError } from '../../core/PredictionError';
import { outputText } from '../../core/prediction/outputText';
import type { RememberedAnswer } from '../../n8n/MediaMemory';
import type { ItemOutput } from '../operation';
import { withInputFields } from '../withInputFields';
import { ownSources, type MediaItem } from './MediaItem';
import { mediaKey, readingOf } from './mediaKey';
import { fileNameFields } from './mediaSources';
import { written } from '../../core/words';

/** A prediction that was bought for an item, and the item's share of what it cost. */
export interface Purchase {
	readonly predictionId: string;
	/** USD; null where the service did not say. */
	readonly shareUsd: number | null;
	/** Whether its answer may be shown as this item's own. */
	readonly isOwn: boolean;
	/** Undefined where it failed. */
	readonly prediction?: BoughtPrediction;
	/** Ids of those that failed before it, at no cost. */
	readonly failedBefore?: readonly string[];
	/** Slug of the one that answered; undefined where none has. */
	readonly model?: string;
	/** Where several items shared the request: which of them it is. */
	readonly share?: RememberedAnswer['share'];
	/** Whether an earlier run bought it. */
	readonly isReused?: boolean;
}

/** An error quotes no more of an answer. */
const MAX_RAW_CHARACTERS = 20_000;

/** @param memberCount items that shared the request */
export function purchaseOf(prediction: BoughtPrediction, model: string, memberCount = 1): Purchase {
	return {
		predictionId: prediction.id,
		shareUsd: prediction.cost === null ? null : prediction.cost / memberCount,
		isOwn: memberCount === 1,
		prediction,
		failedBefore: prediction.failedBefore,
		model,
	};
}

/** What a failed request was for each of its items; [] where nothing was created. */
export function failedPurchase(error: unknown, memberCount: number): Purchase[] {
	const { predictionId, cost, earlierPredictionIds } = error instanceof PredictionError ? error.facts : {};
	if (predictionId === undefined) return [];
	return [
		{
			predictionId,
			shareUsd: typeof cost === 'number' ? cost / memberCount : null,
			isOwn: false,
			failedBefore: earlierPredictionIds,
		},
	];
}

/** What ended a request of several items, with an item's share of what it cost. */
export function sharedError(error: unknown, memberCount: number): unknown {
	if (!(error instanceof PredictionError) || memberCount === 1) return error;
	const { cost, predictionId } = error.facts;
	return error.with({
		...(typeof cost === 'number' ? { cost: cost / memberCount } : {}),
		...(predictionId !== undefined && {
			description: `${written(memberCount)} items shared this request. ${error.description}`,
		}),
	});
}

/** An error of an item, which names what was bought for the item before it, and counts what that cost. */
export function namingEarlier(error: unknown, earlier: readonly Purchase[]): unknown {
	if (earlier.length === 0 || !(error instanceof PredictionError)) return error;
	const ids = idsOf(earlier);
	const last = earlier.findLast(({ isOwn, prediction }) => isOwn && prediction !== undefined);
	return error.with({
		description: `${error.description} Before that, the model had answered without a usable result (prediction ID ${ids.join(', ')}).`,
		earlierPredictionIds: [...ids, ...(error.facts.earlierPredictionIds ?? [])],
		cost: totalUsd([...earlier.map(({ shareUsd }) => shareUsd), error.facts.cost ?? null]),
		// A group's answer holds those of other items, too.
		rawOutput: error.facts.rawOutput ?? (last?.prediction && rawOf(last.prediction)),
	});
}

/** An error about an answer that was paid for and can't be used, with everything that was bought for the item. */
export function withPurchases(error: unknown, purchases: readonly Purchase[]): unknown {
	if (!(error instanceof PredictionError)) return error;
	const last = purchases.at(-1);
	return error.with({
		description: `${error.description} (prediction ID ${last?.predictionId ?? ''})`,
		predictionId: last?.predictionId,
		earlierPredictionIds: idsOf(purchases).slice(0, -1),
		rawOutput: last?.prediction && rawOf(last.prediction),
		cost: totalUsd(purchases.map(({ shareUsd }) => shareUsd)),
	});
}

function rawOf(prediction: BoughtPrediction): string {
	return outputText(prediction.output).slice(0, MAX_RAW_CHARACTERS);
}

/**
 * What a result says of what was bought for it.
 *
 * @param model slug of the one that was asked, where none has answered
 */
export function purchaseFields(
	purchases: readonly Purchase[],
	model: string,
	simplify: boolean,
): IDataObject {
	const last = purchases.at(-1);
	const earlierIds = idsOf(purchases).slice(0, -1);
	return {
		predictionId: last?.predictionId,
		model: last?.model ?? model,
		cost: totalUsd(purchases.map(({ shareUsd }) => shareUsd)),
		predictTime: last?.prediction?.predictTimeSeconds ?? null,
		...(last?.isReused ? { reused: true } : {}),
		...(earlierIds.length === 0 ? {} : { earlierPredictionIds: earlierIds }),
		...(simplify ? {} : { ...usageOf(last), prediction: (last?.prediction?.raw ?? null) as IDataObject }),
	};
}

/** What the item becomes: the operation's fields, and what was bought for them. */
export async function itemOutput(
	member: MediaItem,
	fields: IDataObject,
	purchases: readonly Purchase[],
): Promise<ItemOutput> {
	const { model, simplify, options, context, question } = member;
	const result: IDataObject = {
		...fileNameFields(ownSources(member)),
		...fields,
		...purchaseFields(purchases, model.slug, simplify),
	};
	const outputIndex = question.outputIndex?.(fields);
	const { json, binary } = (await question.complete?.({ json: result }, fields, member)) ?? { json: result };
	const onHandedOver = await remember(member, fields, purchases);
	return { ...withInputFields(context, options, json, binary), outputIndex, onHandedOver };
}

/** Notes what answered, for when the same media come again; to call the result says that n8n has got it. */
async function remember(
	member: MediaItem,
	fields: IDataObject,
	purchases: readonly Purchase[],
): Promise<(() => void) | undefined> {
	const key = await mediaKey(member);
	const { mediaMemory } = member.context.session;
	const last = purchases.at(-1);
	if (key === undefined || last?.model === undefined) return undefined;
	if (member.question.isOpen?.(fields)) {
		mediaMemory.forget(key);
		return undefined;
	}
	const { share, model } = last;
	const read =
		share === undefined ? purchases.filter(({ isOwn, prediction }) => isOwn && prediction) : [last];
	const ids = read.map(({ predictionId }) => predictionId);
	return mediaMemory.remember(key, { ids, model, reading: readingOf(member), share });
}

/** IDs of all predictions that were created for an item, in this order. */
function idsOf(purchases: readonly Purchase[]): string[] {
	return purchases.flatMap(({ predictionId, failedBefore = [] }) => [...failedBefore, predictionId]);
}

/** The token counts that came with the last answer, as the service names them. */
function usageOf({ prediction }: Partial<Purchase> = {}): IDataObject {
	for (const holder of [prediction?.output, prediction?.raw, prediction?.raw['metrics']]) {
		const usage = isRecord(holder) ? holder['usage'] : undefined;
		if (isRecord(usage)) return { usage: usage as IDataObject };
	}
	return {};
}

/** USD; null where the service said of none what it cost. */
function totalUsd(costs: ReadonlyArray<number | null>): number | null {
	const known = costs.flatMap((cost) => cost ?? []);
	return known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0);
}
