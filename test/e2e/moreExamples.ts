/** Examples that run in one host and one mode of binary data: by example, how many items its last steps give. */
export const MORE_EXAMPLES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
	'batches.json': { 'Save Batch': 1, 'All Done': 1 },
	'compare.json': { Comparison: 1 },
	'receipts.json': { 'Receipt Row': 1, 'By Hand': 1 },
	'voice-notes.json': { 'Transcript Row': 1, 'Save Subtitles': 1 },
	'wordpress.json': { 'Write Back': 1 },
};
