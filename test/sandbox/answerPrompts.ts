/** The prompts by which the node asks for data, word for word: what the sandbox has to understand. */
export const answerPrompts = {
	/** About one item. */
	single(task: string, schema: unknown): string {
		return [
			task,
			'Answer with JSON only, without a comment and without a code fence. It has to fit this JSON Schema:',
			`JSON Schema: ${JSON.stringify(schema)}`,
		].join('\n');
	},

	/** The second request about an item, after an answer that did not fit. */
	correction(prompt: string, answer: string): string {
		return [
			prompt,
			'',
			'You have answered this before, and the answer did not fit the JSON Schema. What you answered, between the lines:',
			'-----',
			answer,
			'-----',
			'What is wrong with it: it is no JSON',
			'Answer again, with JSON only that fits.',
		].join('\n');
	},

	/** About several items, with so many files each. */
	group(task: string, schema: unknown, fileCounts: readonly number[]): string {
		let nextFile = 1;
		const files = fileCounts.map((count, position) => {
			const first = nextFile;
			nextFile += count;
			if (count === 0) return `Item ${position + 1}: no file`;
			return `Item ${position + 1}: ${count === 1 ? `file ${first}` : `files ${first} to ${nextFile - 1}`}`;
		});
		return [
			`There are ${fileCounts.length} items, each with its own files. Do the following for each item by itself, looking at its own files only:`,
			task,
			`Answer with one JSON array only, without a comment and without a code fence. It has exactly ${fileCounts.length} entries, one for each item, in order: {"index": number of the item, "answer": answer for the item}. Each answer has to fit this JSON Schema:`,
			`JSON Schema: ${JSON.stringify(schema)}`,
			'The files of the items:',
			...files,
		].join('\n');
	},
};
