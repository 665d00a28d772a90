/** What came out for one file. */
export interface ResultRow {
	file: string;
	/** Empty for a decorative picture; undefined when the file could not be done. */
	text?: string;
	predictionId?: string;
	costUsd?: number;
	predictTimeSeconds?: number;
	error?: string;
}
