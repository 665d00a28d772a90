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

export const extractFromVideo: Operation = {
	option: {
		name: 'Extract From Video',
		value: 'extract',
		action: 'Extract from video',
		description: 'Get fields out of videos, as data that the next step can use',
	},
	fields: [
		modelField,
		hintField(
			'What to look at in particular. Can stay empty: the fields below say what is wanted.',
			'e.g. Only the last ten seconds',
		),
		...schemaFields,
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
