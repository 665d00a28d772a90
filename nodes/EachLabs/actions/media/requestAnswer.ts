import type { MediaKind, MediaUrl } from '../../core/media/media';
import { buildModelInput } from '../../core/model/questionInput';
import type { BoughtPrediction } from '../../core/prediction/PredictionLedger';
import type { FallbackReason } from '../../n8n/FallbackNotes';
import type { ItemOptions } from '../../n8n/options';
import type { FileSource } from '../fileSource';
import type { ItemContext, ItemOutput } from '../operation';
import {
	requestPrediction,
	startPrediction,
	type PredictionRequest,
	type StartedPrediction,
} from '../requestPrediction';
import { withInputFields } from '../withInputFields';
import { namingOthers } from './chooseModel';
import { ownSources, type MediaItem } from './MediaItem';
import { mediaKey } from './mediaKey';
import { fileNameFields } from './mediaSources';
import { failedPurchase, type Purchase } from './purchases';

export interface RequestedAnswer {
	readonly prediction: BoughtPrediction;
	/** Slug of the one that answered. */
	readonly model: string;
	/** What other models were paid in vain before, by member's share. */
	readonly failed: readonly Purchase[];
	/** By member: its files that can be read at their address after the run too. */
	readonly lastingMedia: ReadonlyArray<readonly MediaUrl[]>;
}

/** Why files of some members could not be sent; nothing was created. */
export interface MembersNotSent {
	readonly notSent: ReadonlyMap<MediaItem, unknown>;
}

/**
 * One request about the media of one item, or of several in their order.
 *
 * @throws {PredictionError}
 */
export async function requestAnswer(
	members: readonly [MediaItem, ...MediaItem[]],
	prompt: string,
): Promise<RequestedAnswer | MembersNotSent> {
	const owners = members.flatMap((member) => member.sources.map(() => member));
	const [first] = members;
	const { context } = first;
	const { session } = context;
	const requested = await requestPrediction(await requestAbout(members, prompt)).catch(
		async (error: unknown) => {
			throw await namingOthers(session, error, kindsOf(members));
		},
	);
	if ('notSent' in requested) {
		const reasons = [...requested.notSent].map(
			([position, reason]) => [owners[position] ?? first, reason] as const,
		);
		return { notSent: new Map(reasons) };
	}
	const { prediction, media, model, reason } = requested;
	noteFallback(members, model, reason);
	const failed = requested.failed.flatMap((error) => failedPurchase(error, members.length));
	let next = 0;
	const lastingMedia = members.map((member) =>
		member.sources.flatMap((source) => {
			const placed = media?.[next++];
			if ('url' in source) return [source];
			return placed && session.options.keepUploads ? [placed] : [];
		}),
	);
	return { prediction, model, failed, lastingMedia };
}

/**
 * Creates the prediction about one item, without waiting for its answer.
 *
 * @throws {PredictionError}
 */
export async function startAnswer(member: MediaItem): Promise<ItemOutput> {
	const { context, options, question } = member;
	const started = await startPrediction(await requestAbout([member], question.task)).catch(
		async (error: unknown) => {
			throw await namingOthers(context.session, error, kindsOf([member]));
		},
	);
	noteFallback([member], started.model, started.reason);
	return startedItem(context, options, ownSources(member), started);
}

/** The output of an item whose prediction is not waited for. */
export function startedItem(
	context: ItemContext,
	options: ItemOptions,
	sources: ReadonlyArray<MediaUrl | FileSource>,
	{ predictionId, model }: StartedPrediction,
): ItemOutput {
	const fields = { ...fileNameFields(sources), predictionId, model, status: 'created' };
	return withInputFields(context, options, fields);
}

async function requestAbout(
	members: readonly [MediaItem, ...MediaItem[]],
	prompt: string,
): Promise<PredictionRequest> {
	const [first] = members;
	const { context, model: firstModel, models, wish, options, webhook } = first;
	return {
		item: context,
		models,
		fallbackSelector: options.fallbackSelector,
		isShared: members.length > 1,
		options,
		description: { wish, prompt },
		parts: members.map(({ part }) => part),
		mediaKey: members.length === 1 ? await mediaKey(first) : undefined,
		sources: members.flatMap((member) => member.sources),
		input: async (placed, slug) => {
			const asked = slug === firstModel.slug ? firstModel : await context.session.model(slug);
			return buildModelInput(asked, { ...wish, prompt, media: placed });
		},
		webhook,
	};
}

function kindsOf(members: readonly MediaItem[]): MediaKind[] {
	return members.flatMap(({ sources }) => sources.map(({ kind }) => kind));
}

function noteFallback(
	members: readonly [MediaItem, ...MediaItem[]],
	answeredBy: string,
	reason: FallbackReason,
): void {
	const [{ context, models }] = members;
	if (answeredBy === models[0]) return;
	const itemIndexes = members.map((member) => member.context.itemIndex);
	context.session.fallbacks.add(itemIndexes, { chosen: models[0], answeredBy, reason });
}
