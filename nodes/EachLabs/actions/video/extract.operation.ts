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

export const extractFromVideo: Operation = {
	option: {
		name: 'Extract From Video',
		value: 'extract',
		action: 'Extract data from video',
		description: 'Get structured data from videos, in the form that you describe',
	},
	fields: [
		modelField,
		...schemaFields,
		hintField('What to look at in particular', 'e.g. Only the last ten seconds'),
		...sourceFields('video'),
		itemsPerPredictionField,
		simplifyField,
		structuredOptions,
	],
	prepare: async (item) =>
		await prepareMedia(item, {
			kind: 'video',
			accepted: ['video', 'image', 'audio'],
			task: extractTask(readOptionalText(item)),
			schema: readAnswerSchema(item),
			read: (answer) => ({ output: answer as IDataObject }),
		}),
};
