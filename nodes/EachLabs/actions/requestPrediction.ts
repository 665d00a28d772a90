import { PredictionError } from '../core/PredictionError';
import type { Deadline } from '../core/Deadline';
import type { MediaFile, MediaUrl } from '../core/media/media';
import type { CreateRequest } from '../core/api/EachLabsClient';
import type { BoughtPrediction } from '../core/prediction/PredictionLedger';
import type { Model } from '../core/api/shapes';
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
	/** Whom the service calls when the prediction is finished. */
	readonly webhook?: CreateRequest['webhook'];
}

export interface RequestedPrediction {
	readonly prediction: BoughtPrediction;
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
	const { slug: model } = request.model;
	const { session, itemIndex } = request.item;
	const { identified, choices } = await readyToSend(request);
	const takenUp = await session.run.takeUp(model, choices);
	if (takenUp) return { prediction: takenUp, media: undefined };

	session.run.checkBudget(model, choices.pricing);
	const uploaded = await uploadAll(session, identified, choices.deadline);
	if ('notSent' in uploaded) return uploaded;
	const { media, own } = uploaded;
	const prediction = await session.run
		.predict({ model, input: request.input(media), uploads: own, webhook: request.webhook }, choices)
		.catch((error: unknown) => {
			throw session.keepsUploads ? namingKept(error, own) : error;
		});
	if (choices.ledgerItem.resubmitted) noteSentTwice(session, itemIndex);
	return { prediction, media };
}

/**
 * Creates one prediction without waiting for it; its uploads stay until their retention ends. One that an earlier try of the
 * same execution has created is not created again.
 *
 * @returns the prediction's id
 * @throws {PredictionError} also for files that could not be sent
 */
export async function startPrediction(request: PredictionRequest): Promise<string> {
	const { webhook } = request;
	const { slug: model } = request.model;
	const { session, itemIndex } = request.item;
	const { identified, choices } = await readyToSend(request);
	const known = await session.run.createdBefore(choices);
	if (known !== undefined) return known;
	const uploaded = await uploadAll(session, identified, choices.deadline);
	if ('notSent' in uploaded) throw [...uploaded.notSent.values()][0];
	const { media, own } = uploaded;
	const predictionId = await session.run
		.create({ model, input: request.input(media), uploads: own, webhook }, choices)
		.finally(() => {
			// Also of a create without a clear answer: what may be running may still read them.
			if (choices.ledgerItem.entry !== undefined) session.uploads.keepFor(own);
		});
	if (choices.ledgerItem.resubmitted) noteSentTwice(session, itemIndex);
	return predictionId;
}

type Identified = MediaUrl | { readonly label: string; readonly file: MediaFile };

/** The request's files, looked at, and how it is to be sent. */
async function readyToSend({ item, model, isShared, options, description, sources }: PredictionRequest) {
	const { session, itemIndex } = item;
	const identified = await Promise.all(
		sources.map(
			async (source): Promise<Identified> =>
				'url' in source ? source : { label: source.label, file: await source.identified() },
		),
	);
	const pricing = {
		fileCount: identified.length,
		isShared,
		catalogueUsd: firstEstimateUsd(model),
	};
	const choices = {
		pricing,
		deadline: session.deadline(options.maxWait),
		pollIntervalMs: pollIntervalMs(options),
		resubmit: options.resubmit,
		ledgerItem: await session.ledgerItem(itemIndex, async () => ({
			model: model.slug,
			...description,
			media: await Promise.all(
				identified.map(async (source) =>
					'url' in source ? source.url : await session.uploads.fingerprint(source.file),
				),
			),
		})),
	};
	return { identified, choices };
}

/** Where the sources can be read, in their order, and which of these addresses are uploads of this run. */
async function uploadAll(
	session: ItemContext['session'],
	identified: readonly Identified[],
	deadline: Deadline,
): Promise<{ readonly media: readonly MediaUrl[]; readonly own: readonly string[] } | SourcesNotSent> {
	const uploads = await Promise.all(
		identified.map(
			async (source) =>
				await settled(
					(async (): Promise<MediaUrl> => {
						if ('url' in source) return source;
						const url = await session.uploads.upload(source.file, source.label, deadline);
						return { kind: source.file.kind, url };
					})(),
				),
		),
	);
	const notSent = new Map<number, unknown>();
	const media: MediaUrl[] = [];
	for (const [position, upload] of uploads.entries()) {
		if (upload.ok) media.push(upload.value);
		else notSent.set(position, upload.error);
	}
	if (notSent.size > 0) return { notSent };
	const own = media.flatMap(({ url }, position) => {
		const source = identified[position];
		return source !== undefined && 'url' in source ? [] : [url];
	});
	return { media, own };
}

function noteSentTwice(session: ItemContext['session'], itemIndex: number): void {
	session.addHint(
		`Item ${itemIndex} was sent twice, since its first request had no clear answer: it may have been charged twice. 'Prediction → Get Many' shows what there is.`,
	);
}

/** What stays at the service is to be known, also where the item ends without it. */
function namingKept(error: unknown, addresses: readonly string[]): unknown {
	if (!(error instanceof PredictionError) || addresses.length === 0) return error;
	return error.with({
		description: `${error.description} With 'Keep Uploads', what was uploaded for it stays at Each Labs: ${addresses.slice(0, 10).join(' ')}${addresses.length > 10 ? ' …' : ''}`,
	});
}
