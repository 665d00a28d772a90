import { analyzeOperation } from '../media/analyze';

export const analyzeVideo = analyzeOperation('video', "What's in this video?", {
	name: 'Analyze Video',
	value: 'analyze',
	action: 'Analyze video',
	description: 'Ask a question about one or more videos',
});
