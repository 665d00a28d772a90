import type { MediaUrl } from '../../core/media/media';
import { buildModelInput } from '../../core/model/questionInput';
import type { Prediction } from '../../core/api/shapes';
import { requestPrediction } from '../requestPrediction';
import type { MediaItem } from './MediaItem';

export interface RequestedAnswer {
	readonly prediction: Prediction;
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
	const [first] = members;
	const { context, model, wish, options } = first;
	const sources = members.flatMap((member) => member.sources);
	const owners = members.flatMap((member) => member.sources.map(() => member));
	const requested = await requestPrediction({
		item: context,
		model,
		isShared: members.length > 1,
		options,
		description: { wish, prompt, parts: members.map(({ part }) => part) },
		sources,
		input: (placed) => buildModelInput(model, { ...wish, prompt, media: placed }),
	});
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
