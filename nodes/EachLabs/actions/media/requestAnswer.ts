import type { MediaUrl } from '../../core/media/media';
import { buildModelInput } from '../../core/model/questionInput';
import type { BoughtPrediction } from '../../core/prediction/PredictionLedger';
import type { ItemOutput } from '../operation';
import { requestPrediction, startPrediction, type PredictionRequest } from '../requestPrediction';
import { withInputFields } from '../withInputFields';
import type { MediaItem } from './MediaItem';
import { fileNameFields } from './mediaSources';

export interface RequestedAnswer {
	readonly prediction: BoughtPrediction;
	/** By member: its files that can be read at their address after the run too. */
	readonly lastingMedia: ReadonlyArray<readonly MediaUrl[]>;
}

/** Files of some of the items of a request could not be sent; nothing was created. */
export class MembersNotSent extends Error {
	override readonly name = 'MembersNotSent';

	constructor(readonly reasons: ReadonlyMap<MediaItem, unknown>) {
		super('Files of some of the items could not be sent');
	}
}

/**
 * One request about the media of one item, or of several in their order.
 *
 * @throws {PredictionError}
 * @throws {MembersNotSent} where several items were to share the request
 */
export async function requestAnswer(
	members: readonly [MediaItem, ...MediaItem[]],
	prompt: string,
): Promise<RequestedAnswer> {
	const owners = members.flatMap((member) => member.sources.map(() => member));
	const [first] = members;
	const { context } = first;
	const requested = await requestPrediction(requestAbout(members, prompt));
	if ('notSent' in requested) {
		const reasons = new Map(
			[...requested.notSent].map(([position, reason]) => [owners[position] ?? first, reason]),
		);
		throw members.length === 1 ? reasons.get(first) : new MembersNotSent(reasons);
	}
	const { prediction, media } = requested;
	let next = 0;
	const lastingMedia = members.map((member) =>
		member.sources.flatMap((source) => {
			const placed = media?.[next++];
			if ('url' in source) return [source];
			return placed && context.session.keepsUploads ? [placed] : [];
		}),
	);
	return { prediction, lastingMedia };
}

/**
 * Creates the prediction about one item, without waiting for its answer.
 *
 * @throws {PredictionError}
 */
export async function startAnswer(member: MediaItem): Promise<ItemOutput> {
	const { context, model, options, question, sources } = member;
	const predictionId = await startPrediction(requestAbout([member], question.task));
	return withInputFields(context, options, {
		...fileNameFields(sources.slice(question.earlierMedia?.length ?? 0)),
		predictionId,
		model: model.slug,
		status: 'created',
	});
}

function requestAbout(members: readonly [MediaItem, ...MediaItem[]], prompt: string): PredictionRequest {
	const [{ context, model, wish, options, webhook }] = members;
	return {
		item: context,
		model,
		isShared: members.length > 1,
		options,
		description: { wish, prompt, parts: members.map(({ part }) => part) },
		sources: members.flatMap((member) => member.sources),
		input: (placed) => buildModelInput(model, { ...wish, prompt, media: placed }),
		webhook,
	};
}
