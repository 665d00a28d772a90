import { CHOOSE_ANOTHER_MODEL } from '../../core/api/apiErrors';
import type { Model } from '../../core/api/shapes';
import { MEDIA_KIND_NAMES, type MediaKind } from '../../core/media/media';
import { PredictionError } from '../../core/PredictionError';
import type { RunSession } from '../../n8n/RunSession';
import { settled } from '../operation';

/**
 * The first of several models that is there: the chosen one, else the first of its fallbacks that takes the item's files.
 *
 * @param names best first
 * @param check throws where a model can't be asked about the item
 * @throws {PredictionError} `modelUnavailable`, naming others, where none is there; what `check` throws for the chosen one
 */
export async function chooseModel(
	session: RunSession,
	names: readonly string[],
	kinds: readonly MediaKind[],
	check: (model: Model) => void,
): Promise<Model> {
	let gone: PredictionError | undefined;
	const notes: string[] = [];
	for (const name of names) {
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
		if (gone === undefined) {
			if (!isGone) throw error;
			gone = error;
		} else if (error instanceof PredictionError) notes.push(`${error.message}.`);
		else throw error;
	}
	const ended = gone ?? PredictionError.stopped();
	throw await namingOthers(
		session,
		ended.with({ description: [ended.description, ...notes].join(' ') }),
		kinds,
	);
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
