import type { ItemContext, Operation } from '../operation';
import { groupItems } from './groupItems';
import { readMediaItem, type MediaQuestion } from './MediaItem';
import { askedFileNames } from './mediaSources';
import { MediaUnit } from './MediaUnit';

/** An operation that asks the model about the media of an item. */
export interface AskingOperation
	extends Pick<Operation, 'option' | 'fields' | 'outputs' | 'canCombine'>,
		Pick<MediaQuestion, 'kind' | 'accepted'> {
	/**
	 * Builds the question from an item's parameters.
	 *
	 * @throws {PredictionError}
	 */
	ask(item: ItemContext): Omit<MediaQuestion, 'kind' | 'accepted'>;
}

export function mediaOperation({ kind, accepted, ask, ...operation }: AskingOperation): Operation {
	const grouping: Operation<MediaUnit> = {
		...operation,
		isBuying: true,
		prepare: async (item) => {
			const members = await readMediaItem(item, { kind, accepted, ...ask(item) });
			return members.map((member) => new MediaUnit([member]));
		},
		group: groupItems,
		identify: (item) => askedFileNames(item, kind),
	};
	return grouping;
}
