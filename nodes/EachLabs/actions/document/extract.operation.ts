import { extractOperation } from '../media/extract';

export const extractFromDocument = extractOperation(
	'document',
	['document', 'image'],
	'Only the totals on the last page',
	{
		name: 'Extract From Document',
		value: 'extract',
		action: 'Extract data from document',
		description: 'Get structured data from PDF documents, in the form that you describe',
	},
);
