import type { IDataObject } from 'n8n-workflow';

import { readAnswerSchema, schemaFields } from '../media/extractFields';
import {
	hintField,
	itemsPerPredictionField,
	modelField,
	simplifyField,
	sourceFields,
	structuredOptions,
} from '../media/mediaFields';
import { prepareMedia } from '../media/mediaOperation';
import { extractTask } from '../../core/extraction';
import { readOptionalText } from '../media/mediaParameters';
import type { Operation } from '../operation';

export const extractFromDocument: Operation = {
	option: {
		name: 'Extract From Document',
		value: 'extract',
		action: 'Extract from document',
		description: 'Get fields out of PDF documents, as data that the next step can use',
	},
	fields: [
		modelField,
		hintField(
			'What to look at in particular. Can stay empty: the fields below say what is wanted.',
			'e.g. Only the totals on the last page',
		),
		...schemaFields,
		...sourceFields('document'),
		itemsPerPredictionField,
		simplifyField,
		structuredOptions,
	],
	prepare: async (item) =>
		await prepareMedia(item, {
			kind: 'document',
			accepted: ['document', 'image'],
			task: extractTask(readOptionalText(item)),
			schema: readAnswerSchema(item),
			read: (answer) => ({ output: answer as IDataObject }),
		}),
};
