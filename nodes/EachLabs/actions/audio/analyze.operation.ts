import { analyzeOperation } from '../media/analyze';

export const analyzeAudio = analyzeOperation('audio', "What's in this audio?", {
	name: 'Analyze Audio',
	value: 'analyze',
	action: 'Analyze audio',
	description: 'Ask a question about one or more recordings',
});
