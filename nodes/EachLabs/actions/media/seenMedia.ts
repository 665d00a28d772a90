import { splitGroupAnswer } from '../../core/answer/groupAnswer';
import { outcomeOf } from '../../core/api/predictionStatus';
import { PredictionError } from '../../core/PredictionError';
import { emptyOutput } from '../../core/prediction/emptyOutput';
import { outputText } from '../../core/prediction/outputText';
import type { RememberedAnswer } from '../../n8n/MediaMemory';
import { settled, type ItemOutput, type ItemResult, type Settled } from '../operation';
import { ownMedia, readTexts, toldCutOff } from './answerAlone';
import { groupTags, readableSchema } from './groupTags';
import { mediaKey, readingOf } from './mediaKey';
import type { MediaItem } from './MediaItem';
import { itemOutput, purchaseOf, type Purchase } from './purchases';

/** Asks about items, and gives what became of each, in their order. */
type Ask = (members: readonly MediaItem[]) => Promise<ReadonlyArray<Settled<ItemResult>>>;

/**
 * Asks about the items whose media the node has no answer about; the others are left out, or get their earlier result, as
 * 'Media Seen Before' says. An item that was bought in a run which failed gets its result: n8n never had it.
 *
 * Where another item or another run of this process is asking about the same media, its answer is waited for. Nothing is held
 * for others meanwhile, so that two can't wait for each other.
 */
export async function answerUnseen(
	members: readonly MediaItem[],
	ask: Ask,
): Promise<Array<Settled<ItemResult>>> {
	const results = new Map<MediaItem, Settled<ItemResult>>();
	for (let left = members; left.length > 0; ) {
		const keys = await Promise.all(left.map(async (member) => await mediaKey(member)));
		const round = takeTurn(left, keys, results);
		try {
			const unknown = [...round.unknown, ...(await readKnown(round.known, results))];
			const inOrder = left.filter((member) => unknown.includes(member));
			const answered = await ask(inOrder);
			for (const [position, member] of inOrder.entries())
				results.set(member, answered[position] ?? { ok: false, error: PredictionError.stopped() });
		} finally {
			for (const release of round.releases) release();
		}
		left = await waitedFor(round.waiting, results);
	}
	return members.map((member) => results.get(member) ?? { ok: false, error: PredictionError.stopped() });
}

/** The items whose media the node has an answer about, as far as it looks for one. */
export async function seenMembers(members: readonly MediaItem[]): Promise<ReadonlySet<MediaItem>> {
	const keys = await Promise.all(members.map(async (member) => await mediaKey(member)));
	const isSeen = (key: string | undefined, { context }: MediaItem): boolean =>
		key !== undefined && context.session.mediaMemory.known(key) !== undefined;
	return new Set(members.filter((member, position) => isSeen(keys[position], member)));
}

interface Round {
	readonly unknown: MediaItem[];
	readonly known: Map<MediaItem, RememberedAnswer>;
	/** By item that waits for another one. */
	readonly waiting: Map<MediaItem, Promise<void>>;
	readonly releases: Array<() => void>;
}

/** Without a wait in it: what is found free here is held from here on. */
function takeTurn(
	members: readonly MediaItem[],
	keys: ReadonlyArray<string | undefined>,
	results: Map<MediaItem, Settled<ItemResult>>,
): Round {
	const round: Round = { unknown: [], known: new Map(), waiting: new Map(), releases: [] };
	for (const [position, member] of members.entries()) {
		const key = keys[position];
		if (key === undefined) {
			round.unknown.push(member);
			continue;
		}
		const memory = member.context.session.mediaMemory;
		const inWork = memory.inWork(key);
		const answer = memory.known(key);
		if (inWork !== undefined) round.waiting.set(member, inWork);
		else if (
			answer?.isHandedOn &&
			member.options.seenMedia === 'skip' &&
			answer.reading === readingOf(member) &&
			// A file that nobody looked at may leave the verdict open.
			!(member.question.isOpen && member.leftOut.length > 0)
		) {
			memory.skipped += 1;
			results.set(member, { ok: true, value: [] });
		} else {
			round.releases.push(memory.begin(key));
			if (answer === undefined) round.unknown.push(member);
			else round.known.set(member, answer);
		}
	}
	return round;
}

/** Reads what earlier runs have bought. @returns the items whose prediction the service does not have any more */
async function readKnown(
	known: ReadonlyMap<MediaItem, RememberedAnswer>,
	results: Map<MediaItem, Settled<ItemResult>>,
): Promise<MediaItem[]> {
	const gone = await Promise.all(
		[...known].map(async ([member, answer]) => {
			const { mediaMemory } = member.context.session;
			const read = await settled(earlierOutput(member, answer));
			if (!read.ok) results.set(member, read);
			else if (read.value !== undefined) {
				mediaMemory.reused += 1;
				results.set(member, { ok: true, value: read.value });
			} else {
				mediaMemory.gone += 1;
				mediaMemory.forget((await mediaKey(member)) ?? '');
				return member;
			}
			return [];
		}),
	);
	return gone.flat();
}

/**
 * The result that earlier predictions give for the item; undefined where the service does not have them any more, or where
 * what it has gives none.
 *
 * @throws {PredictionError} where the service can't be asked: nothing is bought again for that
 */
async function earlierOutput(member: MediaItem, answer: RememberedAnswer): Promise<ItemOutput | undefined> {
	const { context, question, sources, leftOut } = member;
	const { ids, model, share } = answer;
	const read = await settled(
		Promise.all(
			ids.map(async (id) => await context.session.client.getPrediction(id, context.session.callScope())),
		),
	);
	if (!read.ok) {
		if (read.error instanceof PredictionError && read.error.kind === 'predictionNotFound') return undefined;
		throw read.error instanceof PredictionError ? read.error.with({ earlierPredictionIds: ids }) : read.error;
	}
	const isWhole = read.value.every(
		(prediction) => outcomeOf(prediction.status) === 'succeeded' && emptyOutput(prediction) === undefined,
	);
	if (!isWhole) return undefined;
	const texts = read.value.map(({ output }) => outputText(output));
	const purchases = read.value.map(
		(prediction): Purchase => ({ ...purchaseOf(prediction, model), shareUsd: 0, share, isReused: true }),
	);
	const media = ownMedia(
		member,
		sources.filter((source) => 'url' in source),
	);
	const fields = await settled(
		(async () => {
			if (share === undefined) {
				const { fields } = readTexts(member, texts, media, purchases);
				const last = read.value.at(-1);
				return fields && last ? toldCutOff(member, fields, last) : fields;
			}
			const [seed, count, position] = share;
			const tags = groupTags(seed, question, count);
			const answers = splitGroupAnswer(texts.join('\n'), readableSchema(question), tags);
			return answers.has(position) ? question.read(answers.get(position), media, leftOut) : undefined;
		})(),
	);
	// What can't be read any more is bought again, as it would be without the memory.
	if (!fields.ok || fields.value === undefined) return undefined;
	return await itemOutput(member, fields.value, purchases);
}

/** Waits for others, each item for as long as it may take. @returns the items whose turn it is now */
async function waitedFor(
	waiting: ReadonlyMap<MediaItem, Promise<void>>,
	results: Map<MediaItem, Settled<ItemResult>>,
): Promise<MediaItem[]> {
	const next = await Promise.all(
		[...waiting].map(async ([member, others]) => {
			const scope = member.context.session.scope(member.options.maxWait);
			const waited = await settled(scope.within(others, () => PredictionError.outOfTime()));
			if (waited.ok) return member;
			results.set(member, waited);
			return [];
		}),
	);
	return next.flat();
}
