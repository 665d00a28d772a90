import { PredictionError } from '../core/PredictionError';
import type { MediaFile, MediaUrl } from '../core/media/media';
import type { CreateRequest } from '../core/api/EachLabsClient';
import type { BoughtPrediction } from '../core/prediction/PredictionLedger';
import { firstEstimateUsd } from '../core/model/modelPrice';
import type { PredictOptions } from '../core/prediction/PredictionRun';
import type { Scope } from '../core/Scope';
import { unlistedFiles } from '../n8n/itemUrls';
import { pollIntervalMs, type ItemOptions } from '../n8n/options';
import { askInTurn, type AnswerInTurn } from './askInTurn';
import type { FileSource } from './fileSource';
import { settled, type ItemContext } from './operation';
import { listed } from '../core/words';

export interface PredictionRequest {
	/** The item that the request is about, or the first of several. */
	readonly item: ItemContext;
	/** Slugs, best first; the next one is asked where the one before is gone or has failed at its provider. */
	readonly models: readonly [string, ...string[]];
	/** Name of a fallback that is saved at the service for the first of the models. */
	readonly fallbackSelector?: string;
	/** Whether several items share it. */
	readonly isShared?: boolean;
	readonly options: Pick<ItemOptions, 'maxWait' | 'pollInterval' | 'resubmit'>;
	/** Everything that the request is made of but its files; two with the same are the same request. */
	readonly description: object;
	/** Which parts of its items it is about, where they are asked about in parts. */
	readonly parts?: readonly number[];
	/** The same for requests whose predictions may stand for each other. */
	readonly mediaKey?: string;
	readonly sources: ReadonlyArray<MediaUrl | FileSource>;
	/**
	 * The `input` of the create request, from the addresses of the sources, in their order.
	 *
	 * @throws {PredictionError} where the model can't be asked
	 */
	input(
		media: readonly MediaUrl[],
		model: string,
	): Promise<Record<string, unknown>> | Record<string, unknown>;
	/** Whom the service calls when the prediction is finished. */
	readonly webhook?: CreateRequest['webhook'];
}

/** What was bought; by an earlier try of the execution where nothing tells why it was not the first model. */
export interface RequestedPrediction extends Omit<AnswerInTurn<BoughtPrediction>, 'answer'> {
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
	const { item, models } = request;
	const { session, itemIndex } = item;
	const ready = await readyToSend(request);
	// An earlier try may have bought the item's answer from any of the models: it is not bought again from another.
	for (const [model, choices] of ready.choices) {
		const takenUp = await session.run.takeUp(model, choices);
		if (takenUp) return { prediction: takenUp, model, failed: [], media: choices.ledgerItem.media };
	}

	session.run.checkBudget(models[0], (await ready.priced(models[0])).pricing);
	const uploaded = await uploadAll(session, ready.identified, ready.scope);
	if ('notSent' in uploaded) return uploaded;
	const { media, own } = uploaded;
	const { answer, ...asked } = await askInTurn(item, models, ready.unfit, async (model) => {
		const choices = await ready.priced(model);
		session.run.checkBudget(model, choices.pricing);
		choices.ledgerItem.media = media;
		const prediction = await session.run.predict(await createRequest(request, model, uploaded), choices);
		if (choices.ledgerItem.resubmitted) noteSentTwice(session, itemIndex);
		return prediction;
	}).catch((error: unknown) => {
		throw session.options.keepUploads ? namingKept(error, own) : error;
	});
	return { ...asked, prediction: answer, media };
}

export interface StartedPrediction extends Pick<AnswerInTurn<string>, 'model' | 'reason'> {
	readonly predictionId: string;
}

/**
 * Creates one prediction without waiting for it; its uploads stay until their retention ends. One that an earlier try of the
 * same execution has created is not created again. The next model is asked only where the one before is gone.
 *
 * @throws {PredictionError} also for files that could not be sent
 */
export async function startPrediction(request: PredictionRequest): Promise<StartedPrediction> {
	const { item, models } = request;
	const { session, itemIndex } = item;
	const ready = await readyToSend(request);
	for (const [model, choices] of ready.choices) {
		const known = await session.run.createdBefore(model, choices);
		if (known !== undefined) return { predictionId: known, model };
	}
	const uploaded = await uploadAll(session, ready.identified, ready.scope);
	if ('notSent' in uploaded) throw [...uploaded.notSent.values()][0];
	const { answer, model, reason } = await askInTurn(item, models, ready.unfit, async (asked) => {
		const choices = await ready.priced(asked);
		const predictionId = await session.run
			.create(await createRequest(request, asked, uploaded), choices)
			.finally(() => {
				// Also of a create without a clear answer: what may be running may still read them.
				if (choices.ledgerItem.entry !== undefined) session.uploads.deletion.keepFor(uploaded.own);
			});
		if (choices.ledgerItem.resubmitted) noteSentTwice(session, itemIndex);
		return predictionId;
	});
	return { predictionId: answer, model, reason };
}

interface Uploaded {
	readonly media: readonly MediaUrl[];
	/** Those of the addresses that are uploads of this run. */
	readonly own: readonly string[];
}

async function createRequest(
	{ input, models, fallbackSelector, webhook }: PredictionRequest,
	model: string,
	{ media, own }: Uploaded,
): Promise<CreateRequest> {
	return {
		model,
		input: await input(media, model),
		// It is saved for the chosen model alone.
		fallbackSelector: model === models[0] ? fallbackSelector : undefined,
		uploads: own,
		webhook,
	};
}

type Identified = MediaUrl | { readonly label: string; readonly file: MediaFile };

/** The request's files, looked at, and how each of its models is to be asked. */
async function readyToSend(request: PredictionRequest) {
	const { item, models, fallbackSelector, isShared, options, description, parts, mediaKey, sources } =
		request;
	const { session, itemIndex } = item;
	const scope = session.scope(options.maxWait);
	// Until the first look has its turn, the item only waits.
	let resume: (() => void) | undefined = scope.pause();
	const beginTime = () => {
		resume?.();
		resume = undefined;
	};
	const leftMs = () => {
		beginTime();
		return scope.remainingMs();
	};
	const identified = await Promise.all(
		sources.map(
			async (source): Promise<Identified> =>
				'url' in source ? source : { label: source.label, file: await source.identified(leftMs) },
		),
	);
	beginTime();
	const unpriced = { fileCount: identified.length, isShared };
	const choicesOf = async (model: string) => ({
		pricing: unpriced,
		scope,
		pollIntervalMs: pollIntervalMs(options),
		resubmit: options.resubmit,
		ledgerItem: await session.ledgerItem(itemIndex, async () => {
			const made = { model, fallbackSelector, ...description };
			const media = identified.map((source) => ('url' in source ? source.url : source.file.identity));
			return [{ ...made, parts, media }, mediaKey === undefined ? undefined : { ...made, mediaKey }];
		}),
	});
	const choices = new Map<string, PredictOptions>();
	for (const model of models) choices.set(model, await choicesOf(model));
	/** With the catalogue's price, which a model that is only looked for in the ledger does not need. */
	const priced = async (model: string) => {
		const described = await settled(session.model(model));
		const catalogueUsd = described.ok
			? firstEstimateUsd(described.value, session.run.usualRunMs(model))
			: undefined;
		const ofModel = choices.get(model) ?? (await choicesOf(model));
		return { ...ofModel, pricing: { ...unpriced, catalogueUsd } };
	};
	const known = identified.map((source) =>
		'url' in source ? source : { label: source.label, contentType: source.file.contentType },
	);
	const unfit = (model: string) => (models.length > 1 ? unlistedFiles(model, known) : undefined);
	return { identified, scope, choices, priced, unfit };
}

/** Where the sources can be read, in their order, and which of these addresses are uploads of this run. */
async function uploadAll(
	session: ItemContext['session'],
	identified: readonly Identified[],
	scope: Scope,
): Promise<Uploaded | SourcesNotSent> {
	const sent = async (source: Identified): Promise<MediaUrl> => {
		if ('url' in source) return source;
		const url = await session.uploads.upload(source.file, source.label, scope);
		return { kind: source.file.kind, url };
	};
	const uploads = await Promise.all(identified.map(async (source) => await settled(sent(source))));
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
		description: `${error.description} With 'Keep Uploads', what was uploaded for it stays at Each Labs: ${listed(addresses, 10, ' ')}`,
	});
}
