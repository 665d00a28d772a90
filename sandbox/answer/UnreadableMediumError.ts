import { UnusableInputError } from './UnusableInputError';

/** A medium that can't be opened or understood. */
export class UnreadableMediumError extends UnusableInputError {
	constructor(code: 'media_not_found' | 'media_unreadable' | 'media_too_large', message: string) {
		super(code, message);
		this.name = 'UnreadableMediumError';
	}
}
