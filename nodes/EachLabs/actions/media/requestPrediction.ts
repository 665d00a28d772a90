import type { MediaUrl } from '../../core/media';
import { buildModelInput } from '../../core/modelInput';
import type { Prediction } from '../../core/wire';
import { settled } from '../operation';
import type { MediaItem } from './MediaItem';

export interface RequestedPrediction {
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
 * One request about the media of one item, or of several in their order: uploads what has to be, creates the prediction, and
 * waits for it. What an earlier try of the same execution has bought is taken up instead.
 *
 * @throws {PredictionError}
 * @throws {MembersNotSent} where several items were to share the request
 */
export async function requestPrediction(
	members: readonly [MediaItem, ...MediaItem[]],
	prompt: string,
): Promise<RequestedPrediction> {
	const [first] = members;
	const { model, wish, options } = first;
	const { session, itemIndex } = first.context;
	const identified = await Promise.all(
		members
			.flatMap(({ sources }) => sources)
			.map(async (source) =>
				'url' in source ? source : { label: source.label, file: await source.identified() },
			),
	);
	const choices = {
		deadline: session.deadline(options.maxWaitSeconds),
		pollIntervalMs: options.pollIntervalMs,
		resubmit: options.resubmit,
		ledgerItem: await session.ledgerItem(itemIndex, async () => ({
			model: model.slug,
			wish,
			prompt,
			media: await Promise.all(
				identified.map(async (source) =>
					'url' in source ? source.url : await session.uploads.fingerprint(source.file),
				),
			),
		})),
	};
	const takenUp = await session.run.takeUp(model.slug, choices);
	if (takenUp)
		return {
			prediction: takenUp,
			lastingMedia: members.map(({ sources }) => sources.filter((source) => 'url' in source)),
		};

	session.run.checkBudget(model.slug);
	const uploads = await Promise.all(
		identified.map(
			async (source) =>
				await settled(
					(async (): Promise<MediaUrl> => {
						if ('url' in source) return source;
						const url = await session.uploads.upload(source.file, source.label, choices.deadline);
						return { kind: source.file.kind, url };
					})(),
				),
		),
	);
	const owners = members.flatMap((member) => member.sources.map(() => member));
	const reasons = new Map<MediaItem, unknown>();
	const media: MediaUrl[] = [];
	for (const [position, upload] of uploads.entries()) {
		if (upload.ok) media.push(upload.value);
		else reasons.set(owners[position] ?? first, upload.error);
	}
	if (reasons.size > 0) throw members.length === 1 ? reasons.get(first) : new MembersNotSent(reasons);
	const prediction = await session.run.predict(
		{ model: model.slug, input: buildModelInput(model, { ...wish, prompt, media }) },
		choices,
	);
	let next = 0;
	const lastingMedia = members.map(({ sources }) =>
		sources.flatMap((source) => {
			const placed = media[next++];
			return placed && ('url' in source || session.keepsUploads) ? [placed] : [];
		}),
	);
	return { prediction, lastingMedia };
}
