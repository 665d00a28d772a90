import type { IDataObject } from 'n8n-workflow';

import { answerTokens, TEXT_TOKENS } from '../../core/answer/answerTokens';
import { MediaScan, type MediaMeasure } from '../../core/media/mediaMeasure';
import type { MediaUrl } from '../../core/media/media';
import { readBytes } from '../../core/media/readBytes';
import type { Model } from '../../core/api/shapes';
import { firstEstimateUsd } from '../../core/model/modelPrice';
import { mediaTokens, predictionUsd, type Range } from '../../core/model/priceEstimate';
import { buildModelInput, RequestRoom } from '../../core/model/questionInput';
import { PredictionError } from '../../core/PredictionError';
import { CHARACTERS_PER_TOKEN } from '../../core/tokens';
import type { FileSource } from '../fileSource';
import { settled, type ItemOutput, type Settled } from '../operation';
import { withInputFields } from '../withInputFields';
import { promptAlone } from './answerAlone';
import { answersThatFit } from './groupItems';
import { groupTags, sharedPrompt, tagSeed } from './groupTags';
import { mediaKey } from './mediaKey';
import { ownSources, type MediaItem } from './MediaItem';
import { fileNameFields } from './mediaSources';

/** For one file, however large. */
const MEASURE_SECONDS = 60;
/** How much shorter, and how much longer, answers are than what is expected of them. */
const SHORT = 0.6;
const LONG = 0.95;
/** Forms are reckoned for the longest answer that is usual; most have less to say. */
const FORM = 0.45;
/** What a group's request asks for beyond the question, once and for each item. */
const GROUP_TOKENS = 100;
const MEMBER_TOKENS = 12;

/**
 * What a request about these items would cost, by item; nothing is uploaded or created. The session's hint tells the sum.
 */
export async function estimateMembers(members: readonly MediaItem[]): Promise<Array<Settled<ItemOutput>>> {
	return await Promise.all(members.map(async (member) => await settled(estimateOf(member, members))));
}

async function estimateOf(member: MediaItem, members: readonly MediaItem[]): Promise<ItemOutput> {
	const { context, options, sources, model } = member;
	const { session } = context;
	const measures = await Promise.all(sources.map(async (source) => await measureOf(source, session)));
	const reckoned = reckon(member, members, measures);
	const { media, promptTokens, input } = reckoned;
	const key = await mediaKey(member);
	const isSeen = key !== undefined && session.mediaMemory.known(key) !== undefined;
	const usd: Range | undefined = isSeen ? [0, 0] : reckoned.usd;
	session.estimate.add({ files: sources.length, tokens: input, usd, isSeen });
	if (members.length === 1 && !isSeen && usd && media) noteGroups(member, measures, promptTokens, media, usd);
	const json: IDataObject = {
		...fileNameFields(ownSources(member)),
		files: sources.length,
		tokens: input === undefined ? null : Math.ceil(input[1]),
		lowCost: usd === undefined ? null : rounded(usd[0]),
		highCost: usd === undefined ? null : rounded(usd[1]),
		model: model.slug,
		...(isSeen ? { seen: true } : {}),
	};
	return { ...withInputFields(context, options, json), isEstimate: true };
}

/** What the item's share of a request counts, in tokens, and costs, in USD; undefined where it is not known. */
function reckon(
	member: MediaItem,
	members: readonly MediaItem[],
	measures: readonly MediaMeasure[],
): { media: Range | undefined; promptTokens: number; input: Range | undefined; usd: Range | undefined } {
	const { sources, model } = member;
	const counted = sources.map(({ kind }, position) => mediaTokens(model, kind, measures[position] ?? {}));
	const media = counted.includes(undefined) ? undefined : sum(counted as Range[]);
	const promptTokens = tokensOfPrompt(member, promptAbout(members));
	const answer = expectedTokens(member, measures) + (members.length > 1 ? MEMBER_TOKENS : 0);
	const share = promptTokens / members.length;
	const input = media && sum([media, [share, share]]);
	const whole = input && predictionUsd(model, input, [answer * SHORT, answer * LONG]);
	const parts = isPricedWhole(model) ? members.length : 1;
	return { media, promptTokens, input, usd: whole && [whole[0] / parts, whole[1] / parts] };
}

/** Notes what a request is expected to cost, by what is known of its files without reading them, for the hint at the end. */
export async function noteExpected(members: readonly MediaItem[]): Promise<void> {
	const [first] = members;
	if (first === undefined) return;
	const { estimate } = first.context.session;
	for (const member of members) {
		const reckoned = await settled(
			(async () => {
				const measures = await Promise.all(
					member.sources.map(async (source) =>
						'url' in source ? {} : ((await source.identified()).measure ?? {}),
					),
				);
				return reckon(member, members, measures);
			})(),
		);
		estimate.expect(reckoned.ok ? reckoned.value.usd : undefined);
	}
}

/** Reckons what the item would cost beside others in a request, as far as it asks what they ask. */
function noteGroups(
	member: MediaItem,
	measures: readonly MediaMeasure[],
	promptTokens: number,
	media: Range,
	usd: Range,
): void {
	const { question, model, context, sources } = member;
	const room = new RequestRoom(model);
	const most = answersThatFit(member);
	let size = 0;
	while (size < most && room.take(sources)) size += 1;
	const answer = expectedTokens(member, measures) + MEMBER_TOKENS;
	context.session.estimate.noteGroups({
		question: JSON.stringify([question.task, question.schema?.schema, member.models, member.wish]),
		size,
		usd: usd[1],
		usdInGroup: (count) => {
			const share = (promptTokens + GROUP_TOKENS) / count + MEMBER_TOKENS;
			const whole = predictionUsd(model, sum([media, [share, share]]), [answer * SHORT, answer * LONG])?.[1];
			return (whole ?? 0) / (isPricedWhole(model) ? count : 1);
		},
	});
}

/** Whether a prediction costs the same, whatever it is about. */
function isPricedWhole(model: Model): boolean {
	return firstEstimateUsd(model) !== undefined;
}

function promptAbout(members: readonly MediaItem[]): string {
	const [first] = members;
	if (first === undefined) return '';
	const { question } = first;
	if (members.length === 1) return promptAlone(question);
	return sharedPrompt(question, members, groupTags(tagSeed(first), question, members.length));
}

/** Of all texts that the model gets. */
function tokensOfPrompt({ model, wish }: MediaItem, prompt: string): number {
	const texts = JSON.stringify(Object.values(buildModelInput(model, { ...wish, prompt, media: [] })));
	return Math.ceil(texts.length / CHARACTERS_PER_TOKEN);
}

/** About how long an answer is, in tokens. */
function expectedTokens({ question, options }: MediaItem, measures: readonly MediaMeasure[]): number {
	const { schema, textTokens, recordingTokens } = question;
	const form = schema && answerTokens(schema.schema) * FORM;
	const seconds = measures.reduce((total, measure) => total + (measure.seconds ?? 0), 0);
	const tokens = recordingTokens?.(seconds) ?? textTokens ?? form ?? TEXT_TOKENS;
	return Math.min(tokens, options.maxOutputTokens ?? Infinity);
}

/** By URL, nothing is known of a file. */
async function measureOf(
	source: MediaUrl | FileSource,
	session: MediaItem['context']['session'],
): Promise<MediaMeasure> {
	if ('url' in source) return {};
	const file = await source.identified();
	return await session.fileReading.looks(async () => {
		const scan = new MediaScan(file.contentType, file.byteLength);
		const scope = session.scope(MEASURE_SECONDS);
		const onTimeout = () => PredictionError.outOfTime();
		await readBytes(file, { scope: () => scope, onTimeout }, (chunk) => scan.take(chunk));
		return scan.measure();
	});
}

function sum(ranges: readonly Range[]): Range {
	return ranges.reduce<Range>(([low, high], range) => [low + range[0], high + range[1]], [0, 0]);
}

/** To three digits: nobody knows more of it. */
function rounded(usd: number): number {
	return Number(usd.toPrecision(3));
}
