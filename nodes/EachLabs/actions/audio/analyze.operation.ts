import { analyzeOperation } from '../media/analyze';

export const analyzeAudio = analyzeOperation('audio', "What's in this audio?", {
	name: 'Analyze Audio',
	value: 'analyze',
	action: 'Analyze audio',
	description: 'Answer questions about one or more recordings',
});
