import { PredictionError } from '../PredictionError';
import { shortened } from './complaints';

const MAX_FAULTS = 20;
const MAX_FAULT_CHARACTERS = 300;

/** Everything that is wrong with one parameter, to be said at once. */
export class Faults {
	private readonly remedies = new Map<string, string>();

	/** @param label what the user calls the parameter, as it begins a sentence, e.g. "The 'Input Schema'" */
	constructor(private readonly label: string) {}

	/**
	 * @param what the end of a sentence that begins with "The … can't be used: "
	 * @param remedy what to do, as a sentence
	 */
	add(what: string, remedy: string): void {
		this.remedies.set(shortened(what, MAX_FAULT_CHARACTERS), remedy);
	}

	get isEmpty(): boolean {
		return this.remedies.size === 0;
	}

	/** The faults in one error, the first 20 in full. */
	refusal(): PredictionError {
		const shown = [...this.remedies].slice(0, MAX_FAULTS);
		const more = this.remedies.size - shown.length;
		const what = [...shown.map(([words]) => words), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
		const remedies = [...new Set(shown.map(([, remedy]) => remedy))];
		return PredictionError.invalidInput(`${this.label} can't be used: ${what}`, remedies.join(' '));
	}
}
