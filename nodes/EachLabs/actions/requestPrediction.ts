import { PredictionError } from '../core/PredictionError';
import type { MediaUrl } from '../core/media/media';
import type { Model, Prediction } from '../core/api/shapes';
import { firstEstimateUsd } from '../core/model/modelPrice';
import { pollIntervalMs, type ItemOptions } from '../n8n/options';
import type { FileSource } from './fileSource';
import { settled, type ItemContext } from './operation';

export interface PredictionRequest {
	/** The item that the request is about, or the first of several. */
	readonly item: ItemContext;
	readonly model: Model;
	/** Whether several items share it. */
	readonly isShared?: boolean;
	readonly options: Pick<ItemOptions, 'maxWait' | 'pollInterval' | 'resubmit'>;
	/** Everything that the request is made of but its files; two with the same are the same request. */
	readonly description: object;
	readonly sources: ReadonlyArray<MediaUrl | FileSource>;
	/** The `input` of the create request, from the addresses of the sources, in their order. */
	input(media: readonly MediaUrl[]): Record<string, unknown>;
}

export interface RequestedPrediction {
	readonly prediction: Prediction;
	/** Where the sources were read, in their order; undefined where an earlier try of the execution had sent them. */
	readonly media: readonly MediaUrl[] | undefined;
}

/** Why some sources could not be sent, by their position. Nothing was created. */
export interface SourcesNotSent {
	readonly notSent: ReadonlyMap<number, unknown>;
}

/**
 * One prediction: uploads what has to be, creates it, and waits for it. What an earlier try of the same execution has bought
 * is taken up instead.
 *
 * @throws {PredictionError}
 */
export async function requestPrediction(
	request: PredictionRequest,
): Promise<RequestedPrediction | SourcesNotSent> {
	const { item, options, description } = request;
	const { slug: model } = request.model;
	const { session, itemIndex } = item;
	const identified = await Promise.all(
		request.sources.map(async (source) =>
			'url' in source ? source : { label: source.label, file: await source.identified() },
		),
	);
	const pricing = {
		fileCount: identified.length,
		isShared: request.isShared,
		catalogueUsd: firstEstimateUsd(request.model),
	};
	const choices = {
		pricing,
		deadline: session.deadline(options.maxWait),
		pollIntervalMs: pollIntervalMs(options),
		resubmit: options.resubmit,
		ledgerItem: await session.ledgerItem(itemIndex, async () => ({
			model,
			...description,
			media: await Promise.all(
				identified.map(async (source) =>
					'url' in source ? source.url : await session.uploads.fingerprint(source.file),
				),
			),
		})),
	};
	const takenUp = await session.run.takeUp(model, choices);
	if (takenUp) return { prediction: takenUp, media: undefined };

	session.run.checkBudget(model, pricing);
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
	const reasons = new Map<number, unknown>();
	const media: MediaUrl[] = [];
	for (const [position, upload] of uploads.entries()) {
		if (upload.ok) media.push(upload.value);
		else reasons.set(position, upload.error);
	}
	if (reasons.size > 0) return { notSent: reasons };
	const own = media.flatMap(({ url }, position) => {
		const source = identified[position];
		return source !== undefined && 'url' in source ? [] : [url];
	});
	const prediction = await session.run
		.predict({ model, input: request.input(media), uploads: own }, choices)
		.catch((error: unknown) => {
			throw session.keepsUploads ? namingKept(error, own) : error;
		});
	if (choices.ledgerItem.resubmitted) {
		session.addHint(
			`Item ${itemIndex} was sent twice, since its first request had no clear answer: it may have been charged twice. 'Prediction → Get Many' shows what there is.`,
		);
	}
	return { prediction, media };
}

/** What stays at the service is to be known, also where the item ends without it. */
function namingKept(error: unknown, addresses: readonly string[]): unknown {
	if (!(error instanceof PredictionError) || addresses.length === 0) return error;
	return error.with({
		description: `${error.description} With 'Keep Uploads', what was uploaded for it stays at Each Labs: ${addresses.slice(0, 10).join(' ')}${addresses.length > 10 ? ' …' : ''}`,
	});
}
