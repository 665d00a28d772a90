import type { IDataObject } from 'n8n-workflow';

import { readAnswerSchema, schemaFields } from '../media/extractFields';
import { hintField, itemsPerPredictionField, sourceFields, structuredOptions } from '../media/mediaFields';
import { prepareMedia } from '../media/mediaOperation';
import { extractTask } from '../media/extraction';
import { readOptionalText } from '../media/mediaParameters';
import { modelField } from '../modelField';
import type { Operation } from '../operation';
import { simplifyField } from '../simplifyField';

export const extractFromDocument: Operation = {
	option: {
		name: 'Extract From Document',
		value: 'extract',
		action: 'Extract data from document',
		description: 'Get structured data from PDF documents, in the form that you describe',
	},
	fields: [
		modelField,
		...schemaFields,
		hintField('What to look at in particular', 'e.g. Only the totals on the last page'),
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
