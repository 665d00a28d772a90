import { checkListedType } from '../core/model/defaultModel';
import { MEDIA_KIND_NAMES, type MediaFile, type MediaKind } from '../core/media/media';
import { PredictionError } from '../core/PredictionError';
import type { HostBinaryFile } from '../n8n/HostBinaryFile';
import { askedFiles } from '../n8n/itemFiles';
import { settled, type ItemContext } from './operation';
import { capitalized, written } from '../core/words';

/** How long a look at a file may take before the run begins; what takes longer is looked at when its turn has come. */
const EARLY_LOOK_MS = 1_000;
/** How long a look at a file may take at most. */
const LOOK_MS = 60_000;

/** A file of the item, of the kind that its bytes or, until they are looked at, its declared type tell. */
export interface FileSource {
	readonly kind: MediaKind;
	readonly label: string;
	/** '' for a file without one. */
	readonly name: string;
	/** What its bytes say; undefined until they are looked at. */
	readonly contentType: string | undefined;
	/** The same for files of one name, size and measure; undefined until it is looked at, and for one without a name. */
	readonly alike?: string;
	/** The name; that of the binary field for a file without one. */
	readonly shownName: string;
	/** Why it can't be sent; only of a source that was kept all the same, and is never sent. */
	readonly refusal?: PredictionError;
	/**
	 * Looked at once, however often it is asked.
	 *
	 * @param leftMs what is left of the item's time, asked when the look's turn has come; all of it when undefined
	 */
	identified(leftMs?: () => number): Promise<MediaFile>;
}

export interface FileWish {
	/** What a file that was not looked at is taken for, where its type does not tell. */
	readonly kind: MediaKind;
	readonly accepted: readonly MediaKind[];
	/** Slugs of the models that may be asked about the files, best first; none where none is. */
	readonly models?: readonly string[];
	/** Seconds that an item may take. */
	readonly maxWait: number;
	/** Whether the kind has to be known at once: a file whose type does not tell it is looked at, however far it is. */
	readonly needsKind?: boolean;
	/** Whether a file that can't be sent is a source all the same, which says so. */
	readonly keepsRefused?: boolean;
}

export interface ItemSources<Source = FileSource> {
	readonly sources: readonly Source[];
	/** Names of files that `*` has left out. */
	readonly leftOut: readonly string[];
}

/**
 * The files that 'Input Data Field Name(s)' asks for. What `*` leaves out, and what was not asked for, is noted for a hint.
 *
 * @throws {PredictionError} `invalidInput`, naming the file
 */
export async function fileSources(item: ItemContext, asked: unknown, wish: FileWish): Promise<ItemSources> {
	const { session, itemIndex } = item;
	const { files, isAll, others, noFiles } = askedFiles(item, asked);
	if (!isAll) {
		const sources = await Promise.all(
			files.map(
				async (file) =>
					await fileSource(item, file, wish).catch((error: unknown) => keptRefused(file, wish, error)),
			),
		);
		noteOthers(item, sources, files, others, wish);
		return { sources, leftOut: [] };
	}
	const chosen = await Promise.all(
		files.map(async (file) => ({ file, source: await readableSource(item, file, wish) })),
	);
	const sources = chosen.flatMap(({ source }) => source ?? []);
	const left = chosen.flatMap(({ file, source }) => (source ? [] : [file]));
	if (sources.length === 0) {
		const there = [
			...left.map(({ fieldName, declaredType }) => `${fieldName ?? ''} (${declaredType || 'unknown type'})`),
			...noFiles.map(({ fieldName, what }) => `${fieldName} (${what})`),
		].slice(0, 20);
		throw PredictionError.invalidInput(
			`The item has no file that this operation reads${there.length === 0 ? ', nor any other' : `; it has: ${there.join(', ')}`}`,
			"Look at the node before this one: it has to give a file in a binary field. An Aggregate node keeps files only with its option 'Include Binaries'.",
		);
	}
	const leftOut = [
		...left.map(({ name, fieldName = '' }) => name || fieldName),
		...noFiles.map(({ fieldName }) => fieldName),
	];
	session.fileNotes.noteLeftOut(itemIndex, leftOut);
	return { sources, leftOut };
}

/** The source for a file that may be left out; undefined where it is. */
async function readableSource(
	item: ItemContext,
	file: HostBinaryFile,
	wish: FileWish,
): Promise<FileSource | undefined> {
	const { declaredKind } = file;
	const isDeclared = declaredKind !== undefined && wish.accepted.includes(declaredKind);
	// A store is not asked about a file whose type says that it is of another kind.
	if (!file.isNear && declaredKind !== undefined && !isDeclared) return undefined;
	const lookNow = !isDeclared;
	const looked = await settled(fileSource(item, file, wish, lookNow));
	if (looked.ok) return looked.value;
	const { error } = looked;
	const isOtherKind = file.lookedAt !== undefined;
	const isUnreadable =
		error instanceof PredictionError && error.kind === 'invalidInput' && !file.isUnreachable;
	// What claims to be of the right kind, and is broken, is told: it was meant to be sent.
	if (!isUnreadable || (isDeclared && !isOtherKind)) return keptRefused(file, wish, error);
	return undefined;
}

async function fileSource(
	{ session }: ItemContext,
	file: HostBinaryFile,
	{ kind, accepted, models = [], maxWait, needsKind }: FileWish,
	lookNow = needsKind === true && file.declaredKind === undefined,
): Promise<FileSource> {
	const { label, name } = file;
	const unseen = unseenFile(file, kind);
	const identify = async (limitMs: () => number): Promise<MediaFile> => {
		const media = await file.identify(limitMs);
		if (!accepted.includes(media.kind)) throw otherKind(label, media.kind, { kind, accepted });
		checkListedType(models, media.contentType, label);
		return media;
	};
	const identified: FileSource['identified'] = async (leftMs = () => maxWait * 1_000) =>
		await identify(() => Math.min(LOOK_MS, leftMs()));
	// A file in memory or on disk is looked at before anything is sent; one in a remote store when its turn has come.
	const isEarly = lookNow || (file.isNear && !session.fileReading.isSlow);
	if (!isEarly) return { ...unseen, identified };
	const looked = await settled(identify(() => EARLY_LOOK_MS));
	if (looked.ok) {
		const { kind: seen, contentType, byteLength, measure } = looked.value;
		const alike = name === '' ? undefined : JSON.stringify([name, byteLength, measure]);
		return { ...unseen, kind: seen, contentType, alike, identified };
	}
	const { error } = looked;
	if (!(error instanceof PredictionError) || error.kind !== 'deadline') throw error;
	session.fileReading.isSlow = true;
	return { ...unseen, identified };
}

/** @throws the error itself, where it is not to be kept */
function keptRefused(file: HostBinaryFile, { kind, keepsRefused }: FileWish, error: unknown): FileSource {
	if (!keepsRefused || !(error instanceof PredictionError) || error.kind !== 'invalidInput') throw error;
	const identified = async () => await Promise.reject(error);
	return { ...unseenFile(file, kind), refusal: error, identified };
}

/** What is known of a file before anybody looks at it. */
function unseenFile({ label, name, fieldName = '', declaredKind }: HostBinaryFile, kind: MediaKind) {
	return { kind: declaredKind ?? kind, contentType: undefined, label, name, shownName: name || fieldName };
}

function otherKind(
	label: string,
	found: MediaKind,
	{ kind, accepted }: Pick<FileWish, 'kind' | 'accepted'>,
): PredictionError {
	const { article, one } = MEDIA_KIND_NAMES[found];
	return PredictionError.invalidInput(
		`${capitalized(label)} is ${article} ${one}; this operation reads ${accepted.map((name) => MEDIA_KIND_NAMES[name].many).join(' and ')}`,
		`Use the operation '${capitalized(found)} → Analyze' for it, or give this one only ${MEDIA_KIND_NAMES[kind].many}.`,
	);
}

/** Notes that an item has more files of the kinds that were sent than the parameter names. */
function noteOthers(
	{ session, itemIndex }: ItemContext,
	sources: readonly FileSource[],
	files: readonly HostBinaryFile[],
	others: readonly HostBinaryFile[],
	{ accepted }: FileWish,
): void {
	const kinds = others.flatMap(({ declaredKind }) =>
		declaredKind !== undefined && accepted.includes(declaredKind) ? [declaredKind] : [],
	);
	const named = files.flatMap(({ fieldName }) => fieldName ?? []);
	if (kinds.length === 0 || named.length !== files.length || named.length === 0) return;
	const [kind, ...more] = new Set([...kinds, ...sources.map((source) => source.kind)]);
	const noun = kind !== undefined && more.length === 0 ? MEDIA_KIND_NAMES[kind].many : 'files';
	const shown = named
		.slice(0, 10)
		.map((name) => `'${name}'`)
		.join(', ');
	session.fileNotes.noteOnlySome(
		itemIndex,
		`${written(kinds.length + files.length)} ${noun}; only ${shown} ${named.length === 1 ? 'was' : 'were'} sent`,
	);
}
