import { analyzeOperation } from '../media/analyze';

export const analyzeImage = analyzeOperation('image', "What's in this image?", {
	name: 'Analyze Image',
	value: 'analyze',
	action: 'Analyze image',
	description: 'Ask a question about one or more pictures',
});
