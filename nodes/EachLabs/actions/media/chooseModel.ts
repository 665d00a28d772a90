import { CHOOSE_ANOTHER_MODEL } from '../../core/api/apiErrors';
import type { Model } from '../../core/api/shapes';
import { MEDIA_KIND_NAMES, type MediaKind } from '../../core/media/media';
import { PredictionError } from '../../core/PredictionError';
import type { RunSession } from '../../n8n/RunSession';
import { settled } from '../operation';

/**
 * The first of several models that is there and reads the item's files: the chosen one, else the first of its fallbacks.
 *
 * @param names best first
 * @param unfit why a model is not to be asked, although it may be there; asked only where there are several
 * @param check throws where a model can't be asked about the item
 * @returns where none is there any more, the chosen one as an earlier try of the same execution has found it
 * @throws {PredictionError} `modelUnavailable`, naming others, where none is there; what `check` throws for the chosen one
 */
export async function chooseModel(
	session: RunSession,
	names: readonly string[],
	kinds: readonly MediaKind[],
	unfit: (name: string) => PredictionError | undefined,
	check: (model: Model) => void,
): Promise<Model> {
	let ended: PredictionError | undefined;
	const notes: string[] = [];
	for (const name of names) {
		const refused = names.length > 1 ? unfit(name) : undefined;
		if (refused) {
			if (ended) notes.push(`${refused.message}.`);
			ended ??= refused;
			continue;
		}
		const found = await settled(
			(async () => {
				const model = await session.model(name);
				check(model);
				return model;
			})(),
		);
		if (found.ok) return found.value;
		const { error } = found;
		const isGone = error instanceof PredictionError && error.kind === 'modelUnavailable';
		if (isGone) session.fallbacks.setGone(name, error);
		if (ended === undefined) {
			if (!isGone) throw error;
			ended = error;
		} else if (error instanceof PredictionError) notes.push(`${error.message}.`);
		else throw error;
	}
	const before = names[0] === undefined ? undefined : session.modelBefore(names[0]);
	if (before !== undefined && ended?.kind === 'modelUnavailable') return before;
	ended ??= PredictionError.stopped();
	const told = ended.with({ description: [ended.description, ...notes].join(' ') });
	throw await namingOthers(session, told, kinds);
}

/** An error about a model that is gone names two that are there and take the same files; others stay as they are. */
export async function namingOthers(
	session: RunSession,
	error: unknown,
	kinds: readonly MediaKind[],
): Promise<unknown> {
	if (!(error instanceof PredictionError) || error.kind !== 'modelUnavailable') return error;
	const asked: ReadonlySet<MediaKind> = new Set(kinds.length === 0 ? ['image'] : kinds);
	const others = await session.otherModels([...asked]);
	if (others.length === 0) return error;
	const files = [...asked].map((kind) => MEDIA_KIND_NAMES[kind].many).join(' and ');
	const advice = `${others.map((slug) => `'${slug}'`).join(' and ')} ${others.length === 1 ? 'is' : 'are'} there and can be asked about ${files}: choose such a model in the parameter 'Model', or name it in the option 'Fallback Models', so that the next run goes on by itself.`;
	const rest = error.description.replace(CHOOSE_ANOTHER_MODEL, '').trim();
	return error.with({ description: `${advice} ${rest}` });
}
