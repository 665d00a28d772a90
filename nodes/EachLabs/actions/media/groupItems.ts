import { answerTokens, TEXT_TOKENS } from '../../core/answer/answerTokens';
import { MAX_OUTPUT_TOKENS, RequestRoom } from '../../core/model/questionInput';
import { mediaKey } from './mediaKey';
import { placeOf, type MediaItem } from './MediaItem';
import { MediaUnit } from './MediaUnit';
import { seenMembers } from './seenMedia';
import { written } from '../../core/words';

/** Index, braces and quotes of an entry of a group's answer. */
const ENTRY_TOKENS = 12;
/** What the model may need beyond the estimate. */
const TOKEN_RESERVE = 0.85;
/** Pictures in a request whose size is left to the node: beyond it, answers are more often mixed up or left out, and asked again. */
const MAX_AUTOMATIC = 20;

type Group = [MediaItem, ...MediaItem[]];

/** A group that is being filled. */
interface OpenGroup {
	readonly members: Group;
	/** How many items it takes at most. */
	readonly size: number;
	readonly room: RequestRoom;
}

/**
 * Puts items together that ask the same, in their order. A group is full when it has as many items as 'Items per Prediction'
 * says, or as the model's limits for files and for the length of its answer allow; then the next one begins. Where that is 0, it is
 * as many as the run's places take at once, up to `MAX_AUTOMATIC`, and each item with anything but one picture goes by itself.
 *
 * An item that the node has an answer about goes by itself: it takes no place of one that has to be asked about. What a group's
 * answer says of each item, `core/answer/groupAnswer` tells.
 *
 * @param units of one item each
 */
export async function groupItems(
	units: readonly MediaUnit[],
	addHint: (message: string) => void,
): Promise<readonly MediaUnit[]> {
	const groups: Group[] = [];
	const open = new Map<string, OpenGroup>();
	const sizes = new Map<string, number>();
	const together = await askedTogether(units.flatMap(({ members: own }) => own));
	groups.push(...together.groups);
	const { members } = together;
	const seen = await seenMembers(members.filter(({ itemsPerPrediction }) => itemsPerPrediction !== 1));
	const automatic = automaticSizes(members.filter((member) => !seen.has(member)));
	for (const member of members) {
		const { groupKey, sources, model } = member;
		const itemsPerPrediction = seen.has(member) ? 1 : (automatic.get(member) ?? member.itemsPerPrediction);
		if (itemsPerPrediction === 1) {
			groups.push([member]);
			continue;
		}
		const group = open.get(groupKey);
		if (group && group.members.length < group.size) {
			if (group.room.take(sources)) {
				group.members.push(member);
				continue;
			}
			if (member.itemsPerPrediction > 0)
				addHint(
					`A request of ${model.slug} can't hold the files of ${written(group.size)} items, so some share theirs with fewer than 'Items per Prediction' says.`,
				);
		}
		const size = sizes.get(groupKey) ?? sizeOfGroup(member, itemsPerPrediction, addHint);
		const room = new RequestRoom(model);
		room.take(sources);
		const next: OpenGroup = { members: [member], size, room };
		groups.push(next.members);
		sizes.set(groupKey, size);
		open.set(groupKey, next);
	}
	return groups.map((group) => new MediaUnit(group));
}

/**
 * The groups that an earlier try of the node's run has asked about, as they were, and the members of none. An item whose media are
 * those of one in a group goes with it: by itself it might come first, and the group be another one.
 */
async function askedTogether(
	all: readonly MediaItem[],
): Promise<{ readonly groups: readonly Group[]; readonly members: readonly MediaItem[] }> {
	const noted = all[0]?.context.session.runNotes.groups ?? [];
	if (noted.length === 0) return { groups: [], members: all };
	const left = new Map(all.map((member) => [placeOf(member), member]));
	const byKey = new Map<string, MediaItem[]>();
	const groups: Group[] = [];
	for (const places of noted) {
		const [first, ...others] = places.flatMap((place) => left.get(place) ?? []);
		if (first === undefined || others.length + 1 < places.length) continue;
		const group: Group = [first, ...others];
		groups.push(group);
		for (const place of places) left.delete(place);
		for (const member of group) byKey.set((await mediaKey(member)) ?? '', group);
	}
	for (const [place, member] of left) {
		const group = byKey.get((await mediaKey(member)) ?? placeOf(member));
		if (group === undefined) continue;
		group.push(member);
		left.delete(place);
	}
	return { groups, members: [...left.values()] };
}

/** How many items share a request, for those that leave it to the node. */
function automaticSizes(members: readonly MediaItem[]): ReadonlyMap<MediaItem, number> {
	const asked = members.filter(({ itemsPerPrediction }) => itemsPerPrediction === 0);
	const alike = new Map<string, number>();
	for (const member of asked) {
		if (isOnePicture(member)) alike.set(member.groupKey, (alike.get(member.groupKey) ?? 0) + 1);
	}
	return new Map(
		asked.map((member) => {
			const count = isOnePicture(member) ? (alike.get(member.groupKey) ?? 1) : 1;
			const places = member.context.session.options.maxConcurrency;
			// Each place takes as many requests as the others, all of one size.
			const requestsEach = Math.ceil(count / (places * MAX_AUTOMATIC));
			return [member, Math.ceil(count / (places * requestsEach))];
		}),
	);
}

function isOnePicture({ sources }: MediaItem): boolean {
	return sources.length === 1 && sources[0]?.kind === 'image';
}

function sizeOfGroup(
	member: MediaItem,
	itemsPerPrediction: number,
	addHint: (message: string) => void,
): number {
	const size = Math.min(itemsPerPrediction, answersThatFit(member));
	if (size < itemsPerPrediction && member.itemsPerPrediction > 0) {
		addHint(
			`'Items per Prediction' was lowered from ${written(itemsPerPrediction)} to ${written(size)}, since the model's answer can't be longer.`,
		);
	}
	return size;
}

export function answersThatFit({ question, options }: MediaItem): number {
	const { schema, textTokens = TEXT_TOKENS } = question;
	const tokens = ENTRY_TOKENS + Math.max(schema ? answerTokens(schema.schema) : 0, textTokens);
	const budget = (options.maxOutputTokens ?? MAX_OUTPUT_TOKENS) * TOKEN_RESERVE;
	return Math.max(1, Math.floor(budget / tokens));
}
