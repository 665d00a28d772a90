import type { INodeProperties } from 'n8n-workflow';

import type { OptionName } from '../../n8n/options';
import { itemsPerPredictionField } from '../fields/itemsPerPrediction';
import { modelField } from '../fields/model';
import { MEDIA_OPTIONS, optionsCollection } from '../fields/optionsCollection';
import { simplifyField } from '../fields/simplify';
import type { ItemContext, Operation } from '../operation';
import { groupItems } from './groupItems';
import { readMediaItem, type MediaQuestion } from './MediaItem';
import { askedFileNames } from './mediaSources';
import { MediaUnit } from './MediaUnit';

/** An operation that asks the model about the media of an item. */
export interface AskingOperation
	extends Pick<Operation, 'option' | 'outputs' | 'canCombine'>,
		Pick<MediaQuestion, 'kind' | 'accepted'> {
	/** Its own, after the model and before what all such operations have. */
	readonly fields: readonly INodeProperties[];
	/** Options beside those that all such operations have. */
	readonly options: readonly OptionName[];
	/**
	 * Builds the question from an item's parameters.
	 *
	 * @throws {PredictionError}
	 */
	ask(item: ItemContext): Omit<MediaQuestion, 'kind' | 'accepted'>;
}

export function mediaOperation(asking: AskingOperation): Operation {
	const { kind, accepted, fields, options, ask, ...operation } = asking;
	const grouping: Operation<MediaUnit> = {
		...operation,
		fields: [
			modelField,
			...fields,
			itemsPerPredictionField,
			simplifyField,
			optionsCollection([...options, ...MEDIA_OPTIONS]),
		],
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
