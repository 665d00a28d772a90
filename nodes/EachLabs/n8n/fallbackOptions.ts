import { PredictionError } from '../core/PredictionError';
import { textOption, type OptionRecord } from './optionRecord';
import { written } from '../core/words';

/** More than these are not tried for an item. */
const MAX_FALLBACK_MODELS = 5;
/** A slug, or one behind the router, e.g. 'eachlabs-llm-router:google/gemini-3.6-flash'. */
const MODEL_NAME = /^[\w.-]+(?::\S+)?$/;

const MODELS = 'Fallback Models';
const fallbackModels: OptionRecord<readonly string[]> = {
	property: {
		displayName: MODELS,
		type: 'string',
		default: '',
		placeholder: 'e.g. eachlabs-llm-router:google/gemini-3.6-flash',
		description:
			"Models to ask instead, by comma, in this order, where the chosen one is gone or its prediction failed at the provider. A failed prediction that was charged counts as well. The output's 'model' says which one answered.",
	},
	read: (given) => {
		const names = [...new Set(listedNames(given))];
		const wrong = names.find((name) => !MODEL_NAME.test(name));
		if (wrong !== undefined) {
			throw PredictionError.invalidInput(
				`The option '${MODELS}' has '${wrong.slice(0, 80)}', which is not the ID of a model`,
				"Write IDs as the list of the parameter 'Model' gives them, separated by commas.",
			);
		}
		if (names.length <= MAX_FALLBACK_MODELS) return names;
		throw PredictionError.invalidInput(
			`The option '${MODELS}' has ${written(names.length)} models; it takes at most ${MAX_FALLBACK_MODELS}`,
			'Leave some out: each model that is tried takes of the time of its item.',
		);
	},
};

function listedNames(given: unknown): string[] {
	if (given === undefined || given === null) return [];
	if (Array.isArray(given)) return given.flatMap((entry) => listedNames(entry));
	if (typeof given !== 'string') {
		throw PredictionError.invalidInput(
			`The option '${MODELS}' holds ${JSON.stringify(given).slice(0, 80)}; it has to be the IDs of models, as a text or a list`,
			'Check its expression, or remove the option.',
		);
	}
	// A list that was written as JSON is one, too.
	const bare = given.trim().replace(/^\[([\s\S]*)\]$/, '$1');
	return bare
		.split(/[,;\n]/)
		.map((name) => name.trim().replace(/^(["'])(.*)\1$/, '$2'))
		.filter((name) => name !== '');
}

const SELECTOR = 'Fallback Selector';
const selectorText = textOption({
	displayName: SELECTOR,
	placeholder: 'e.g. quality-recovery',
	description:
		"Name of a fallback that you saved for the chosen model in your Each Labs dashboard. Each Labs itself then goes on with that fallback's models. All attempts are charged.",
});
const fallbackSelector: OptionRecord<string | undefined> = {
	...selectorText,
	read: (given) => {
		const selector = selectorText.read(given);
		if (selector === undefined || /^(?=.{1,50}$)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(selector)) return selector;
		throw PredictionError.invalidInput(
			`The option '${SELECTOR}' is '${selector.slice(0, 80)}'; it has to be 1 to 50 small letters and digits, with single hyphens between them`,
			'Copy the name of the saved fallback from your Each Labs dashboard, or remove the option.',
		);
	},
};

/** What happens where the chosen model can't answer. */
export const FALLBACK_OPTIONS = { fallbackModels, fallbackSelector } as const;
