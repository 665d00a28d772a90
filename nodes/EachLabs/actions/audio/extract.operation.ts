import { extractOperation } from '../media/extract';

export const extractFromAudio = extractOperation('audio', ['audio', 'video'], 'Only what the caller says', {
	name: 'Extract From Audio',
	value: 'extract',
	action: 'Extract data from audio',
	description: 'Get structured data from recordings, in the form that you describe',
});
