import { Deadline } from '../Deadline';
import type { EachLabsClient } from '../api/EachLabsClient';
import type { Model } from '../api/shapes';
import type { Clock } from '../host';
import { PredictionError, type PredictionErrorKind } from '../PredictionError';
import { DEFAULT_MODEL, KNOWN_DEFAULT_MODEL } from './defaultModel';

/** For looking up a model, before anything is sent. */
const LOOKUP_TIME_MS = 60_000;
/** The default model's fields are known without the catalogue. */
const DEFAULT_MODEL_PATIENCE_MS = 8_000;
/** What says nothing about the model, only that the catalogue can't be asked now. */
const NOT_ANSWERED: ReadonlySet<PredictionErrorKind> = new Set([
	'serviceUnavailable',
	'unexpectedAnswer',
	'accountCap',
]);

export interface ModelCatalogueContext {
	readonly client: EachLabsClient;
	readonly clock: Clock;
	readonly abortSignal: AbortSignal;
	/** Told when the run goes on with what is known of the default model. */
	readonly onNotAnswered: () => void;
}

/** The models that a run uses, each asked for once. */
export class ModelCatalogue {
	private readonly models = new Map<string, Promise<Model>>();

	constructor(private readonly context: ModelCatalogueContext) {}

	/**
	 * A model's description. Where the catalogue does not answer, the default model is used by its known schema.
	 *
	 * @throws {PredictionError} `modelUnavailable` where the service does not have the model
	 */
	async get(slug: string): Promise<Model> {
		const known = this.models.get(slug);
		if (known) return await known;
		const asked = this.ask(slug);
		this.models.set(slug, asked);
		return await asked;
	}

	private async ask(slug: string): Promise<Model> {
		const { client, clock, abortSignal, onNotAnswered } = this.context;
		const deadline = new Deadline(clock, LOOKUP_TIME_MS);
		const patienceMs = slug === DEFAULT_MODEL ? DEFAULT_MODEL_PATIENCE_MS : undefined;
		return await client.getModel(slug, { deadline, abortSignal, patienceMs }).catch((error: unknown) => {
			if (!(error instanceof PredictionError) || !NOT_ANSWERED.has(error.kind)) throw error;
			if (slug !== DEFAULT_MODEL) throw modelNotKnown(slug, error);
			onNotAnswered();
			return KNOWN_DEFAULT_MODEL;
		});
	}
}

function modelNotKnown(slug: string, error: PredictionError): PredictionError {
	return new PredictionError(
		error.kind,
		`The fields of the model '${slug}' are not known, since the model list of Each Labs did not answer`,
		{
			...error.facts,
			description: `${error.message}. ${error.description} Nothing was charged. The model ${DEFAULT_MODEL} can be used without the list.`,
		},
	);
}
