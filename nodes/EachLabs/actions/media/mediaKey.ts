import { sha256 } from '../../core/sha256';
import { contentHash } from './contentHash';
import type { MediaItem } from './MediaItem';

const KEY_CHARACTERS = 24;
const READING_CHARACTERS = 8;

const keys = new WeakMap<MediaItem, Promise<string | undefined>>();

/**
 * The same for items whose answers may stand for each other: same bytes or addresses, same operation, models and service, and
 * the same of everything that the request is made of. Undefined where the item's option does not ask for it, and for an item
 * whose files can't be read.
 */
export async function mediaKey(member: MediaItem): Promise<string | undefined> {
	const { seenMedia = 'process' } = member.options;
	if (seenMedia === 'process') return undefined;
	const known = keys.get(member) ?? keyOf(member);
	keys.set(member, known);
	return await known;
}

/** How the item's texts are read, in short. */
export function readingOf({ question }: MediaItem): string {
	return question.reading === undefined
		? ''
		: sha256(JSON.stringify(question.reading)).slice(0, READING_CHARACTERS);
}

async function keyOf({
	context,
	question,
	sources,
	models,
	options,
	wish,
}: MediaItem): Promise<string | undefined> {
	const { functions, itemIndex, session } = context;
	const media = await Promise.all(
		sources.map(async (source) => ('url' in source ? source.url : await contentHash(source, session))),
	);
	if (media.includes(undefined)) return undefined;
	const { task, schema } = question;
	const [resource, operation] = ['resource', 'operation'].map((name) =>
		functions.getNodeParameter(name, itemIndex),
	);
	const asked = [
		session.baseUrl,
		resource,
		operation,
		models,
		options.fallbackSelector ?? null,
		wish,
		task,
		schema?.schema ?? null,
		media,
	];
	return sha256(JSON.stringify(asked)).slice(0, KEY_CHARACTERS);
}
