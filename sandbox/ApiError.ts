/** A refusal, as the API words it: `{error, status, details?}` with that HTTP status. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly details?: unknown,
	) {
		super(message);
		this.name = 'ApiError';
	}

	toBody(): { error: string; status: number; details?: unknown } {
		return {
			error: this.message,
			status: this.status,
			...(this.details === undefined ? {} : { details: this.details }),
		};
	}
}
