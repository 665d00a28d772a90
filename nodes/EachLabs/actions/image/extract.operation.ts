import type { IDataObject } from 'n8n-workflow';

import { readAnswerSchema, schemaFields } from '../media/extractFields';
import { hintField, itemsPerPredictionField, sourceFields, structuredOptions } from '../media/mediaFields';
import { prepareMedia } from '../media/mediaOperation';
import { extractTask } from '../media/extraction';
import { readOptionalText } from '../media/mediaParameters';
import { modelField } from '../modelField';
import type { Operation } from '../operation';
import { simplifyField } from '../simplifyField';

export const extractFromImage: Operation = {
	option: {
		name: 'Extract From Image',
		value: 'extract',
		action: 'Extract data from image',
		description: 'Get structured data from images, in the form that you describe',
	},
	fields: [
		modelField,
		...schemaFields,
		hintField('What to look at in particular', 'e.g. Only the product in front'),
		...sourceFields('image'),
		itemsPerPredictionField,
		simplifyField,
		structuredOptions,
	],
	prepare: async (item) =>
		await prepareMedia(item, {
			kind: 'image',
			accepted: ['image', 'document'],
			task: extractTask(readOptionalText(item)),
			schema: readAnswerSchema(item),
			read: (answer) => ({ output: answer as IDataObject }),
		}),
};
