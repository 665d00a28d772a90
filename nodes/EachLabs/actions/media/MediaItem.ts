import type { IDataObject } from 'n8n-workflow';

import { PredictionError } from '../../core/PredictionError';
import type { AnswerSchema } from '../../core/schema/AnswerSchema';
import type { MediaKind, MediaUrl } from '../../core/media/media';
import { buildModelInput, type PredictionWish } from '../../core/model/questionInput';
import type { CreateRequest } from '../../core/api/EachLabsClient';
import type { Model } from '../../core/api/shapes';
import { unlistedFiles } from '../../n8n/itemUrls';
import { modelSettings, type ItemOptions } from '../../n8n/options';
import { switchedOn } from '../../n8n/switches';
import { chooseModel } from './chooseModel';
import type { FileSource } from '../fileSource';
import { checkNotWaiting, readCallback } from '../fields/callback';
import { readFallbackSelector } from '../fields/fallbackSelector';
import { readItemsPerPrediction } from '../fields/itemsPerPrediction';
import { readModelId } from '../fields/model';
import type { ItemContext, ItemOutput } from '../operation';
import { optionsAsGiven, readItemOptions } from '../fields/optionsCollection';
import { readSimplify } from '../fields/simplify';
import { readSources } from './mediaSources';
import { written } from '../../core/words';

/** What an operation asks of the model about an item's media, and how it reads the answer. */
export interface MediaQuestion {
	/** The operation's own kind, whose URL parameter it has. */
	readonly kind: MediaKind;
	/** Kinds of files that it takes from binary fields. */
	readonly accepted: readonly MediaKind[];
	/** The prompt about one item, without words about the form of the answer. */
	readonly task: string;
	/** The form of an answer; undefined for plain text. */
	readonly schema?: AnswerSchema;
	/** What counts for an answer among those of several items, where more is read than is asked for. */
	readonly looseSchema?: AnswerSchema;
	/** About how many tokens the texts of an answer have at most; undefined for a sentence or two. */
	readonly textTokens?: number;
	/** About how many there are for a recording of this length, where an answer grows with it. */
	readonly recordingTokens?: (seconds: number) => number;
	/** Files of earlier turns of a conversation; they go before the item's own. */
	readonly earlierMedia?: readonly MediaUrl[];
	/** Whether the item may have no files of its own, since it goes on with a conversation. */
	readonly isFollowUp?: boolean;
	/**
	 * The operation's fields of the output.
	 *
	 * @param answer text, or of the form that `schema` gives
	 * @param media the item's own files, as far as they can be read at their address after the run
	 * @param leftOut names of the item's files that nobody looks at
	 * @throws {PredictionError} `unusableAnswer` where it is no answer
	 */
	readonly read: (answer: unknown, media: readonly MediaUrl[], leftOut: readonly string[]) => IDataObject;
	/**
	 * For operations that read an answer's text by themselves, and all that was written about the item at once. With a
	 * complaint, the model is asked once more where that is wanted; the fields stand all the same.
	 *
	 * @throws {PredictionError} `unusableAnswer` where it is no answer
	 */
	readonly readTexts?: (
		texts: readonly string[],
		media: readonly MediaUrl[],
		leftOut: readonly string[],
	) => { readonly fields: IDataObject; readonly complaint?: string };
	/** Whether the text about several items says more than the answers that were read from it, so that none of them counts. */
	readonly saysMore?: (text: string, answers: readonly unknown[]) => boolean;
	/** The fields where the provider refused to look, for operations in which that is a result and not an item that failed. */
	readonly readBlocked?: (words: string, leftOut: readonly string[]) => IDataObject;
	/** What the texts are read by, besides the request: another one may make other fields of the same texts. */
	readonly reading?: unknown;
	/** Whether the media are to be looked at again when they come again, though there is a result. */
	readonly isOpen?: (fields: IDataObject) => boolean;
	/** Adds to the result what has to be made or read for it. Called once, for an item that has gone well. */
	readonly complete?: (result: MediaResult, fields: IDataObject, member: MediaItem) => Promise<MediaResult>;
	/** What can't be had of several files at once; such an item is refused. */
	readonly ofOneFile?: string;
	/** Which of the node's outputs the item goes to. */
	readonly outputIndex?: (fields: IDataObject) => number;
}

export type MediaResult = Pick<ItemOutput, 'json' | 'binary'>;

/** One input item of a media operation, or one of its files, read and checked. */
export interface MediaItem {
	readonly context: ItemContext;
	/** Which file of the item it is about, where each has a result of its own; else 0. */
	readonly part: number;
	readonly question: MediaQuestion;
	readonly options: ItemOptions;
	readonly simplify: boolean;
	/** The one that is asked first. */
	readonly model: Model;
	/** Slugs of the chosen model and of its fallbacks, best first. */
	readonly models: readonly [string, ...string[]];
	readonly sources: ReadonlyArray<MediaUrl | FileSource>;
	/** Why the model can't be asked about it, where that ends its own result only. */
	readonly refusal: PredictionError | undefined;
	/** Names of files of the item that nobody looks at, since `*` has left them out. */
	readonly leftOut: readonly string[];
	/** Everything that a request is made of but its prompt and its media. */
	readonly wish: Omit<PredictionWish, 'media' | 'prompt'>;
	/** How many items may share its request. */
	readonly itemsPerPrediction: number;
	/** The same for items that differ in their media only; '' where none share a request. */
	readonly groupKey: string;
	/** Whom the service calls when the item's prediction is finished. */
	readonly webhook: CreateRequest['webhook'];
}

/** Tells an item, or a part of one, from the others of a run. */
export function placeOf({ context, part }: MediaItem): string {
	return `${context.itemIndex}|${part}`;
}

/** The item's files without those of earlier turns, which stand in the conversation already. */
export function ownSources({ sources, question }: MediaItem): ReadonlyArray<MediaUrl | FileSource> {
	return sources.slice(question.earlierMedia?.length ?? 0);
}

/**
 * Reads an item's parameters and files; `buildModelInput` has been tried with them.
 *
 * @returns one, or with 'Separate Files' one for each of the item's files
 * @throws {PredictionError}
 */
export async function readMediaItem(context: ItemContext, question: MediaQuestion): Promise<MediaItem[]> {
	const { session } = context;
	const options = readItemOptions(context);
	const itemsPerPrediction = readItemsPerPrediction(context, options);
	checkEstimates(context);
	checkWaits(context, itemsPerPrediction, options);
	if (session.options.combineItems) checkCombines(itemsPerPrediction, options);
	const webhook = await readCallback(context, options);
	const modelId = readModelId(context);
	const models = [modelId, ...options.fallbackModels.filter((name) => name !== modelId)] as const;
	// Each file's own result says what is wrong with it, unless the run ends at the first.
	const isApart = options.separateFiles && context.functions.continueOnFail();
	const { sources: own, leftOut } = await readSources(context, {
		...question,
		models,
		maxWait: options.maxWait,
		keepsRefused: isApart,
	});
	readFallbackSelector(options, modelId);
	const wish = { settings: modelSettings(options), additionalInput: options.additionalInput };
	const simplify = readSimplify(context);
	const parts = (options.separateFiles && own.length > 1 ? own.map((source) => [source]) : [own]).map(
		(ownOfPart) => [...(question.earlierMedia ?? []), ...ownOfPart],
	);
	const unfit = (name: string) => unlistedFiles(name, parts.flat());
	const kinds = parts.flat().flatMap((source) => ('refusal' in source ? [] : source.kind));
	let refusals: ReadonlyMap<number, PredictionError> = new Map();
	// Tried without the addresses, so that a request which can't be made ends here, not after its uploads.
	const model = await chooseModel(session, models, kinds, unfit, (candidate) => {
		refusals = refusalsOf(candidate, parts, { ...wish, prompt: question.task }, isApart);
	});
	const inTurn = models.map((name) =>
		name.toLowerCase() === model.slug.toLowerCase() ? model.slug : name,
	) as [string, ...string[]];
	const groupKey =
		itemsPerPrediction === 1
			? ''
			: JSON.stringify([
					itemsPerPrediction,
					inTurn,
					// A file that only a fallback reads takes no others with it.
					models.length > 1 ? models.map((name) => unfit(name) !== undefined) : [],
					options.fallbackSelector,
					[options.maxWait, options.pollInterval, options.resubmit],
					wish,
					question.task,
					question.schema?.schema,
					webhook?.url,
				]);
	checkOneFile(question, parts.length === 1 ? own.length : 1);
	if ((options.seenMedia ?? 'process') === 'process') noteRepeats(session, question.task, parts);
	const read = { context, question, options, simplify, model, models: inTurn, leftOut, wish, webhook };
	return parts.map((sources, part) => ({
		...read,
		part,
		sources,
		refusal: refusals.get(part),
		itemsPerPrediction,
		groupKey: refusals.has(part) ? '' : groupKey,
	}));
}

type Part = ReadonlyArray<MediaUrl | FileSource>;

/**
 * Why a model can't be asked about parts of an item, by part.
 *
 * @param isApart whether each part has a result of its own
 * @throws {PredictionError} where it can't be asked about any of them, or where they are not apart
 */
function refusalsOf(
	model: Model,
	parts: readonly Part[],
	wish: Omit<PredictionWish, 'media'>,
	isApart: boolean,
): ReadonlyMap<number, PredictionError> {
	const refusals = new Map<number, PredictionError>();
	for (const [part, sources] of parts.entries()) {
		if (sources.some((source) => 'refusal' in source)) continue;
		const media = sources.map(({ kind }) => ({ kind, url: '' }));
		const error = thrownBy(() => buildModelInput(model, { ...wish, media }));
		if (error instanceof PredictionError && isApart) refusals.set(part, error);
		else if (error !== undefined) throw error;
	}
	const [first] = refusals.values();
	if (first && refusals.size === parts.length) throw first;
	return refusals;
}

/** @throws {PredictionError} `invalidInput` for several files where what is made of them needs one */
function checkOneFile({ ofOneFile }: MediaQuestion, count: number): void {
	if (ofOneFile === undefined || count <= 1) return;
	throw PredictionError.invalidInput(
		`'${ofOneFile}' are made for one recording, and this item has ${written(count)}`,
		"Switch on the option 'Separate Files', or give each recording an item of its own.",
	);
}

/** Notes what is asked about which files, since a file that comes twice is paid twice. */
function noteRepeats({ fileNotes }: ItemContext['session'], task: string, parts: readonly Part[]): void {
	for (const sources of parts) {
		const names = sources.map((source) => ('url' in source ? source.url : source.alike));
		if (names.length > 0 && !names.includes(undefined)) fileNotes.noteAsked(task, names.join('\n'));
	}
}

/** @throws {PredictionError} `invalidInput` for what divides the files that are to be asked about together */
function checkCombines(itemsPerPrediction: number, { separateFiles }: ItemOptions): void {
	if (itemsPerPrediction <= 1 && !separateFiles) return;
	const name = separateFiles ? 'Separate Files' : 'Items per Prediction';
	throw PredictionError.invalidInput(
		`The option '${name}' is set beside 'Combine Items', which asks about the files of all items together`,
		'Remove one of the two options.',
	);
}

function thrownBy(act: () => unknown): unknown {
	try {
		act();
		return undefined;
	} catch (error) {
		return error;
	}
}

/** @throws {PredictionError} `invalidInput` for an item that is only to be estimated, in a run that buys */
function checkEstimates(context: ItemContext): void {
	if (context.session.options.estimateOnly || !switchedOn(optionsAsGiven(context)['estimateOnly'])) return;
	throw PredictionError.invalidInput(
		"'Estimate Only' is on for this item and off for the first one, by which the whole run goes",
		'Divide the items before this node, e.g. with an If node.',
	);
}

/** @throws {PredictionError} `invalidInput` for what needs the answer, where it is not waited for */
function checkWaits(
	context: ItemContext,
	itemsPerPrediction: number,
	{ includeConversation, seenMedia = 'process' }: ItemOptions,
): void {
	if (context.session.options.waitForResult) return;
	checkNotWaiting(context);
	const refused = (what: string, why: string, remedy: string) =>
		PredictionError.invalidInput(
			`${what} while 'Wait for Result' is off: ${why}`,
			`${remedy}, or switch on 'Wait for Result'.`,
		);
	if (itemsPerPrediction > 1)
		throw refused(
			`'Items per Prediction' is ${written(itemsPerPrediction)}`,
			'nobody is there to split an answer about several items',
			"Set 'Items per Prediction' to 1",
		);
	if (seenMedia !== 'process')
		throw refused(
			`The option 'Media Seen Before' is '${seenMedia}'`,
			'whether there is an answer about them is known only when the prediction is finished',
			"Remove the option 'Media Seen Before'",
		);
	if (includeConversation)
		throw refused(
			"The option 'Include Conversation' is on",
			'the conversation has no answer yet',
			"Remove the option 'Include Conversation'",
		);
}
