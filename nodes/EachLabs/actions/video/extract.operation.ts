import { extractOperation } from '../media/extract';

export const extractFromVideo = extractOperation(
	'video',
	['video', 'image', 'audio'],
	'Only the last ten seconds',
	{
		name: 'Extract From Video',
		value: 'extract',
		action: 'Extract data from video',
		description: 'Get structured data from videos, in the form that you describe',
	},
);
