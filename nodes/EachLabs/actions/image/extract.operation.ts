import type { IDataObject } from 'n8n-workflow';

import { readAnswerSchema, schemaFields } from '../media/extractFields';
import { hintField, readOptionalText } from '../fields/text';
import { itemsPerPredictionField } from '../fields/itemsPerPrediction';
import { sourceFields } from '../fields/sources';
import { structuredOptions } from '../fields/options';
import { prepareMedia } from '../media/mediaOperation';
import { extractTask } from '../media/extraction';
import { modelField } from '../fields/model';
import type { Operation } from '../operation';
import { simplifyField } from '../fields/simplify';

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
