import { extractOperation } from '../media/extract';

export const extractFromImage = extractOperation(
	'image',
	['image', 'document'],
	'Only the product in front',
	{
		name: 'Extract From Image',
		value: 'extract',
		action: 'Extract data from image',
		description: 'Get structured data from images, in the form that you describe',
	},
);
