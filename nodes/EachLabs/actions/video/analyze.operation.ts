import { analyzeOperation } from '../media/analyze';

export const analyzeVideo = analyzeOperation('video', "What's in this video?", {
	name: 'Analyze Video',
	value: 'analyze',
	action: 'Analyze video',
	description: 'Answer questions about one or more videos, or summarize them',
});
