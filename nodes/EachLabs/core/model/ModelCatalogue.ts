import type { EachLabsClient } from '../api/EachLabsClient';
import type { Model } from '../api/shapes';
import type { Clock } from '../host';
import { PredictionError, type PredictionErrorKind } from '../PredictionError';
import { Scope } from '../Scope';
import { isRouter } from '../api/routedModel';
import type { MediaKind } from '../media/media';
import { DEFAULT_MODEL, KNOWN_DEFAULT_MODEL } from './defaultModel';
import { KNOWN_ROUTER_MODEL } from './messagesInput';
import { canBeAskedAbout } from './questionInput';

/** For looking up a model, before anything is sent. */
const LOOKUP_TIME_MS = 60_000;
/** The default model's fields are known without the catalogue. */
const DEFAULT_MODEL_PATIENCE_MS = 8_000;
/** For advice in a message; the item has ended already. */
const LIST_TIME_MS = 10_000;
const PAGE_SIZE = 250;
const MAX_LISTED = 1_000;
const MAX_OTHERS = 2;
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
	private listed: Promise<readonly Model[]> | undefined;

	constructor(private readonly context: ModelCatalogueContext) {}

	/**
	 * A model's description. Where the catalogue does not answer, the default model is used by its known schema.
	 *
	 * @throws {PredictionError} `modelUnavailable` where the service does not have the model
	 */
	async get(slug: string): Promise<Model> {
		const asked = this.models.get(slug) ?? this.ask(slug);
		this.models.set(slug, asked);
		return await asked;
	}

	/**
	 * Up to two models of the catalogue that can be asked about files of all these kinds; those that answer with text, and of
	 * the same maker, come first. None where the catalogue does not answer.
	 *
	 * @param except slugs that are not there
	 */
	async othersFor(kinds: readonly MediaKind[], except: readonly string[]): Promise<string[]> {
		this.listed ??= this.list();
		const makers = except.map((slug) => slug.split('-')[0]);
		const rank = ({ slug, outputType }: Model): number =>
			(/^(?:string|text)$/i.test(outputType ?? '') ? 0 : 2) + (makers.includes(slug.split('-')[0]) ? 0 : 1);
		return (await this.listed)
			.filter(
				(model) =>
					!except.includes(model.slug) &&
					kinds.every((kind) => canBeAskedAbout(model, kind)) &&
					!isRouter(model.slug),
			)
			.toSorted((left, right) => rank(left) - rank(right))
			.slice(0, MAX_OTHERS)
			.map(({ slug }) => slug);
	}

	private async list(): Promise<readonly Model[]> {
		const { client, clock, abortSignal } = this.context;
		const scope = new Scope(clock, LIST_TIME_MS, abortSignal);
		const models: Model[] = [];
		try {
			for (let offset = 0; offset < MAX_LISTED; offset += PAGE_SIZE) {
				const page = await client.listModelPage({}, { limit: PAGE_SIZE, offset }, scope);
				models.push(...page.entries);
				if (page.length < PAGE_SIZE) break;
			}
		} catch {
			// What was listed so far serves as well: it is advice in a message about something else.
		}
		return models;
	}

	private async ask(slug: string): Promise<Model> {
		const { client, clock, abortSignal, onNotAnswered } = this.context;
		const patienceMs = slug === DEFAULT_MODEL ? DEFAULT_MODEL_PATIENCE_MS : undefined;
		const asked = client.getModel(slug, new Scope(clock, LOOKUP_TIME_MS, abortSignal, { patienceMs }));
		return await asked.catch((error: unknown) => {
			// Its input is documented, whether the catalogue has it or not.
			if (isRouter(slug) && error instanceof PredictionError && error.kind === 'modelUnavailable') {
				return { ...KNOWN_ROUTER_MODEL, slug };
			}
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
			description: `${error.message}. ${error.description} The model ${DEFAULT_MODEL} can be used without the list.`,
		},
	);
}
