/** An input that was taken and turns out to be unusable. It fails the prediction, with `code` as the envelope's `error_code`. */
export class UnusableInputError extends Error {
	constructor(
		readonly code: string,
		message: string,
	) {
		super(message);
		this.name = 'UnusableInputError';
	}
}
