import type { IDataObject } from 'n8n-workflow';

import { splitGroupAnswer } from '../../core/answer/groupAnswer';
import { groupPrompt } from '../../core/answer/prompts';
import { PredictionError } from '../../core/PredictionError';
import { outputText } from '../../core/prediction/outputText';
import type { AnswerSchema } from '../../core/schema/AnswerSchema';
import {
	settled,
	type ItemOutput,
	type ItemResult,
	type Place,
	type Settled,
	type WorkUnit,
} from '../operation';
import { answerAlone, askAlone, blockedOutput, ownMedia } from './answerAlone';
import { isCausedByOne, memberNamed } from './badMember';
import { groupTags, readableSchema, sharedSchema, tagSeed } from './groupTags';
import type { MediaItem } from './MediaItem';
import { fileNameFields } from './mediaSources';
import {
	failedPurchase,
	itemOutput,
	namingEarlier,
	purchaseOf,
	sharedError,
	type Purchase,
} from './purchases';
import { answerUnseen } from './seenMedia';
import { MembersNotSent, requestAnswer, startAnswer, type RequestedAnswer } from './requestAnswer';

/** Items of a media operation that share a request; most often one. */
export class MediaUnit implements WorkUnit {
	constructor(readonly members: readonly [MediaItem, ...MediaItem[]]) {}

	get places(): readonly Place[] {
		return this.members.map(({ context, part }) => ({ itemIndex: context.itemIndex, part }));
	}

	get identities(): readonly IDataObject[] {
		return this.members.map(({ sources, question }) =>
			fileNameFields(sources.slice(question.earlierMedia?.length ?? 0)),
		);
	}

	async work(): Promise<ReadonlyArray<Settled<ItemResult>>> {
		// A file that is not what it claims to be ends its own item, not those that share its request.
		const checked = await Promise.all(this.members.map(async (member) => await settled(identifyAll(member))));
		const sound = this.members.filter((_, position) => checked[position]?.ok);
		const answered = await answerUnseen(sound, answersFor);
		return checked.map((check, position) => {
			const member = this.members[position];
			if (!check.ok || member === undefined) return check as Settled<never>;
			return answered[sound.indexOf(member)] as Settled<ItemResult>;
		});
	}
}

async function identifyAll({ sources }: MediaItem): Promise<void> {
	for (const source of sources) if (!('url' in source)) await source.identified();
}

async function answersFor(members: readonly MediaItem[]): Promise<Array<Settled<ItemOutput>>> {
	const [first] = members;
	if (first?.context.session.waitsForResult === false)
		return await Promise.all(members.map(async (member) => await settled(startAnswer(member))));
	if (members.length < 2) {
		return await Promise.all(members.map(async (member) => await settled(answerAlone(member, []))));
	}
	return await new GroupRequest(members).answers();
}

/** How a request about several items ended, as a whole. */
type Ended = { readonly error?: unknown };

/**
 * One request about several items. Where a single one of them may have ended it, that one is looked for: the one which the
 * failure names is left out, else the suspects are halved, one request for each halving and one for the items beside them.
 */
class GroupRequest {
	private readonly results = new Map<MediaItem, Settled<ItemOutput>>();
	/** By member, what was bought in vain. */
	private readonly bought = new Map<MediaItem, Purchase[]>();
	/** By member, what ended the last request that it was part of. */
	private readonly errors = new Map<MediaItem, unknown>();
	private furtherRequests: number;

	constructor(private readonly members: readonly MediaItem[]) {
		this.furtherRequests = Math.floor(Math.log2(members.length)) + 2;
	}

	async answers(): Promise<Array<Settled<ItemOutput>>> {
		const { error } = await this.ask(this.members);
		if (isCausedByOne(error)) await this.goOnWithout(error);
		return await Promise.all(
			this.members.map(async (member) => this.results.get(member) ?? (await this.endOf(member))),
		);
	}

	private async goOnWithout(firstError: unknown): Promise<void> {
		let suspects = this.members;
		let error = firstError;
		const others: MediaItem[] = [];
		while (suspects.length > 1 && this.furtherRequests > 1) {
			const named = memberNamed(error, suspects);
			const half = named ? [named] : suspects.slice(0, Math.ceil(suspects.length / 2));
			const rest = suspects.filter((member) => !half.includes(member));
			const asked = named ? { error } : await this.askFurther(half);
			if (asked.error !== undefined && !isCausedByOne(asked.error)) return;
			if (asked.error !== undefined) {
				error = asked.error;
				others.push(...rest);
			}
			suspects = asked.error === undefined ? rest : half;
		}
		// Where all others went well, nothing has shown yet that it is the last one.
		await this.askFurther(others.length > 0 ? others : suspects);
	}

	private async askFurther(members: readonly MediaItem[]): Promise<Ended> {
		this.furtherRequests -= 1;
		const [only] = members;
		if (members.length !== 1 || only === undefined) return await this.ask(members);
		const answered = await settled(askAlone(only, this.boughtFor(only)));
		if (answered.ok) {
			this.results.set(only, answered);
			return {};
		}
		const { error } = answered;
		this.results.set(only, await endedBy(only, error));
		return isCausedByOne(error) || endsAll(error) ? { error } : {};
	}

	private async ask(members: readonly MediaItem[]): Promise<Ended> {
		const [first, ...others] = members;
		if (first === undefined) return {};
		const { task } = first.question;
		const schema = sharedSchema(first.question);
		const seed = tagSeed(first);
		const tags = groupTags(seed, first.question, members.length);
		const prompt = groupPrompt(
			task,
			schema,
			members.map(({ sources }, position) => ({ tag: tags[position] ?? '', fileCount: sources.length })),
		);
		const requested = await settled(requestAnswer([first, ...others], prompt));
		if (requested.ok) {
			await this.read(members, { seed, tags, schema: readableSchema(first.question) }, requested.value);
			return {};
		}
		const { error } = requested;
		if (error instanceof MembersNotSent) {
			// A file that can't be sent ends its own item; the others go without it.
			for (const [member, reason] of error.reasons) this.results.set(member, { ok: false, error: reason });
			const sent = members.filter((member) => !error.reasons.has(member));
			const [only] = sent;
			if (sent.length !== 1 || only === undefined) return await this.ask(sent);
			this.results.set(only, await settled(answerAlone(only, this.boughtFor(only))));
			return {};
		}
		for (const member of members) {
			const earlier = this.boughtFor(member);
			this.errors.set(member, namingEarlier(sharedError(error, members.length), earlier));
			this.bought.set(member, [...earlier, ...failedPurchase(error, members.length)]);
		}
		return { error };
	}

	private async read(
		members: readonly MediaItem[],
		{ seed, tags, schema }: { seed: string; tags: readonly string[]; schema: AnswerSchema },
		{ prediction, model, failed, lastingMedia }: RequestedAnswer,
	): Promise<void> {
		const answers = splitGroupAnswer(outputText(prediction.output), schema, tags);
		const bought = purchaseOf(prediction, model, members.length);
		const readMember = async (member: MediaItem, position: number): Promise<ItemOutput> => {
			const media = ownMedia(member, lastingMedia[position]);
			const fields = member.question.read(answers.get(position), media, member.leftOut);
			const own = { ...bought, share: [seed, members.length, position] as const };
			return await itemOutput(member, fields, [...this.boughtFor(member), ...failed, own]);
		};
		await Promise.all(
			members.map(async (member, position) => {
				// Who got no valid answer is asked about alone, once; the others stand.
				const purchases = [...this.boughtFor(member), ...failed, bought];
				const read = answers.has(position) ? await settled(readMember(member, position)) : undefined;
				const stands = read && (read.ok || !(read.error instanceof PredictionError));
				this.results.set(member, stands ? read : await settled(answerAlone(member, purchases)));
			}),
		);
	}

	private async endOf(member: MediaItem): Promise<Settled<ItemOutput>> {
		return await endedBy(member, this.errors.get(member) ?? PredictionError.stopped());
	}

	private boughtFor(member: MediaItem): Purchase[] {
		return this.bought.get(member) ?? [];
	}
}

async function endedBy(member: MediaItem, error: unknown): Promise<Settled<ItemOutput>> {
	return await settled(blockedOutput(member, error));
}

/** Whether nothing more may be bought after it: the limits of the run and of the account, a stop, an unknown outcome. */
function endsAll(error: unknown): boolean {
	return (
		error instanceof PredictionError && error.kind !== 'predictionFailed' && error.kind !== 'unusableAnswer'
	);
}
