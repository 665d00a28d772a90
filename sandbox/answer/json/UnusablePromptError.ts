import { UnusableInputError } from '../UnusableInputError';

/** A prompt that the sandbox can't answer. The real model is not bound to that. */
export class UnusablePromptError extends UnusableInputError {
	constructor(code: 'schema_not_fillable' | 'schema_unreadable' | 'files_do_not_match', message: string) {
		super(code, message);
		this.name = 'UnusablePromptError';
	}

	/** For a schema that no data can be made up for. */
	static notFillable(reason: string): UnusablePromptError {
		return new UnusablePromptError(
			'schema_not_fillable',
			`The sandbox can't make up data for the JSON Schema: ${reason.slice(0, 300)}. The real model is not bound to that.`,
		);
	}
}
