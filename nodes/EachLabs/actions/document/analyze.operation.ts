import { analyzeOperation } from '../media/analyze';

export const analyzeDocument = analyzeOperation('document', "What's in this document?", {
	name: 'Analyze Document',
	value: 'analyze',
	action: 'Analyze document',
	description: 'Answer questions about one or more PDF documents',
});
