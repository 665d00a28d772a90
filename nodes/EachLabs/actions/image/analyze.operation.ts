import { analyzeOperation } from '../media/analyze';

export const analyzeImage = analyzeOperation('image', "What's in this image?", {
	name: 'Analyze Image',
	value: 'analyze',
	action: 'Analyze image',
	description: 'Answer questions about one or more images, or compare them',
});
