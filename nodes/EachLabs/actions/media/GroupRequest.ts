import { splitGroupAnswer } from '../../core/answer/groupAnswer';
import { PredictionError } from '../../core/PredictionError';
import { emptyOutput } from '../../core/prediction/emptyOutput';
import { outputText } from '../../core/prediction/outputText';
import type { AnswerSchema } from '../../core/schema/AnswerSchema';
import { settled, type ItemOutput, type Settled } from '../operation';
import { answerAlone, askAlone, blockedOutput, ownMedia } from './answerAlone';
import { isCausedByOne, membersNamed } from './badMember';
import { groupTags, readableSchema, sharedPrompt, tagSeed } from './groupTags';
import { placeOf, type MediaItem } from './MediaItem';
import {
	failedPurchase,
	itemOutput,
	namingEarlier,
	purchaseOf,
	sharedError,
	type Purchase,
} from './purchases';
import { requestAnswer, type RequestedAnswer } from './requestAnswer';

/** How a request about several items ended, as a whole. */
type Ended = { readonly error?: unknown };

/** Share of a group that may have ended by itself, without a result for any other, before each one is asked about alone. */
const MAX_ENDED_SHARE = 0.25;

/**
 * One request about several items. Where a single one of them may have ended it, that one is looked for: those which the
 * failure names are left out, else the suspects are halved, one request for each halving and one for the items beside them.
 * So each bad one takes at most log2(n) + 2 requests.
 */
export class GroupRequest {
	private readonly results = new Map<MediaItem, Settled<ItemOutput>>();
	/** By member, what was bought in vain. */
	private readonly bought = new Map<MediaItem, Purchase[]>();
	/** By member, what ended the last request that it was part of. */
	private readonly errors = new Map<MediaItem, unknown>();
	private hasAnswers = false;

	constructor(private readonly members: readonly MediaItem[]) {}

	async answers(): Promise<Array<Settled<ItemOutput>>> {
		const ended = await this.ask(this.members);
		if (isCausedByOne(ended.error)) await this.goOnWithout(ended.error);
		return await Promise.all(
			this.members.map(async (member) => {
				const error = this.errors.get(member) ?? PredictionError.stopped();
				return this.results.get(member) ?? (await settled(blockedOutput(member, error)));
			}),
		);
	}

	/** Finds those that end the request, one after the other, and asks about the items beside them. */
	private async goOnWithout(firstError: unknown): Promise<void> {
		let suspects = this.members;
		let error = firstError;
		while (isCausedByOne(error)) {
			const others = await this.withoutBad(suspects, error);
			const endedCount = this.members.length - others.length;
			if (!this.hasAnswers && endedCount > this.members.length * MAX_ENDED_SHARE) {
				// It may lie in the question, or in all of them: to look for one is dearer than to ask about each.
				await Promise.all(others.map(async (member) => await this.askFurther([member])));
				return;
			}
			if (others.length === 0) return;
			({ error } = await this.askFurther(others));
			if (others.length === 1) return;
			suspects = others;
		}
	}

	/**
	 * The members about which nothing is known once one that ended the request is found, or those that the failure names.
	 *
	 * @param suspects members of the request that failed
	 * @returns [] where nothing more may be asked
	 */
	private async withoutBad(suspects: readonly MediaItem[], error: unknown): Promise<readonly MediaItem[]> {
		const others: MediaItem[] = [];
		let left = suspects;
		let reason: unknown = error;
		while (left.length > 1) {
			// Words that name all of them tell nothing: the service repeats what it was sent.
			const named = membersNamed(reason, left);
			if (named.size > 0 && named.size < left.length)
				return [...others, ...left.filter((member) => !named.has(member))];
			const half = left.slice(0, Math.ceil(left.length / 2));
			const rest = left.slice(half.length);
			({ error: reason } = await this.askFurther(half));
			if (reason !== undefined && !isCausedByOne(reason)) return [];
			if (reason !== undefined) others.push(...rest);
			left = reason === undefined ? rest : half;
		}
		// Where all others went well, nothing has shown yet that it is the last one.
		if (others.length === 0 && suspects.length > 1) await this.askFurther(left);
		return others;
	}

	private async askFurther(members: readonly MediaItem[]): Promise<Ended> {
		const [only] = members;
		if (members.length !== 1 || only === undefined) return await this.ask(members);
		const answered = await settled(askAlone(only, this.boughtFor(only)));
		if (answered.ok) {
			this.results.set(only, answered);
			this.hasAnswers = true;
			this.noteAsked(members);
			return {};
		}
		const { error } = answered;
		this.results.set(only, await settled(blockedOutput(only, error)));
		return isCausedByOne(error) || endsAll(error) ? { error } : {};
	}

	private async ask(members: readonly MediaItem[]): Promise<Ended> {
		const [first, ...others] = members;
		if (first === undefined) return {};
		const seed = tagSeed(first);
		const tags = groupTags(seed, first.question, members.length);
		const prompt = sharedPrompt(first.question, members, tags);
		const requested = await settled(requestAnswer([first, ...others], prompt));
		if (!requested.ok) return this.noteFailure(members, requested.error);
		if ('notSent' in requested.value) return await this.askWithout(members, requested.value.notSent);
		const { prediction, failed } = requested.value;
		const empty = emptyOutput(prediction);
		if (isCausedByOne(empty)) return this.noteFailure(members, empty, failed);
		await this.read(members, { seed, tags, schema: readableSchema(first.question) }, requested.value);
		return {};
	}

	/** A file that can't be sent ends its own item; the others go without it. */
	private async askWithout(
		members: readonly MediaItem[],
		notSent: ReadonlyMap<MediaItem, unknown>,
	): Promise<Ended> {
		for (const [member, reason] of notSent)
			this.results.set(member, { ok: false, error: namingEarlier(reason, this.boughtFor(member)) });
		const sent = members.filter((member) => !notSent.has(member));
		const [only] = sent;
		if (sent.length !== 1 || only === undefined) return await this.ask(sent);
		this.results.set(only, await settled(answerAlone(only, this.boughtFor(only))));
		return {};
	}

	/** A later try of Retry On Fail asks about these together again, and takes up what was bought. */
	private noteAsked(members: readonly MediaItem[]): void {
		members[0]?.context.session.runNotes.groups.push(members.map(placeOf));
	}

	/** @param failed what other models were paid in vain before */
	private noteFailure(
		members: readonly MediaItem[],
		error: unknown,
		failed: readonly Purchase[] = [],
	): Ended {
		if (error instanceof PredictionError && error.mayHaveBeenCreated && !isCausedByOne(error))
			this.noteAsked(members);
		for (const member of members) {
			const earlier = [...this.boughtFor(member), ...failed];
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
		this.hasAnswers = true;
		this.noteAsked(members);
		const text = outputText(prediction.output);
		const answers = splitGroupAnswer(text, schema, tags);
		if (members[0]?.question.saysMore?.(text, [...answers.values()])) answers.clear();
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

	private boughtFor(member: MediaItem): Purchase[] {
		return this.bought.get(member) ?? [];
	}
}

/** Whether nothing more may be bought after it: the limits of the run and of the account, a stop, an unknown outcome. */
function endsAll(error: unknown): boolean {
	return (
		error instanceof PredictionError && error.kind !== 'predictionFailed' && error.kind !== 'unusableAnswer'
	);
}
