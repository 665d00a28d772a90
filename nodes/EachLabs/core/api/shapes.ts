import { z } from 'zod/v4';

import type { Shape } from './readJson';
import type { Page } from './readPages';

/**
 * The shapes of the Each Labs API, as its public documentation gives them. Snake case ends here: the rest of the core sees
 * the types below each schema. Fields that the node does not need are left out; unknown ones are let through unread.
 */

/** Each is made when it is first used: to make them all takes a fifth of the time in which the node loads. */
function lazily<Value>(make: () => z.ZodType<Value>): Shape<Value> {
	let made: z.ZodType<Value> | undefined;
	return { safeParse: (wire) => (made ??= make()).safeParse(wire) };
}
type ValueOf<Of> = Of extends Shape<infer Value> ? Value : never;

const jsonObject = () => z.record(z.string(), z.unknown());
const textOrNull = () => z.string().nullish().catch(null);
/** Some numbers come as text, e.g. "0.0123". */
const numeric = () =>
	z
		.union([
			z.number(),
			z
				.string()
				.regex(/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i)
				.transform(Number),
		])
		.refine(Number.isFinite);
const numberOrNull = () => numeric().nullish().catch(null);
/** Null also where the field is missing; the others leave it missing, for what is handed on as `raw`. */
const elseNull = <Value>(shape: z.ZodType<Value>) => shape.nullable().catch(null);
/** USD. Nobody is paid for a prediction: less than nothing is nothing. */
const costOrNull = () =>
	numeric()
		.transform((costUsd) => Math.max(0, costUsd))
		.nullish()
		.catch(null);

/** The id counts, whatever else is in the answer: with it, something was made. */
export const createPredictionResponse = lazily(() =>
	z.object({
		status: z.string().optional().catch(undefined),
		predictionID: z.string().trim().min(1).optional().catch(undefined),
	}),
);

export const cancelPredictionResponse = lazily(() => z.object({ status: z.string().min(1) }));

const metrics = () =>
	z.looseObject({ predict_time: numberOrNull(), cost: costOrNull() }).nullish().catch(null);

export const predictionResponse = lazily(() =>
	z
		.looseObject({
			id: z.string().min(1),
			status: z.string().min(1),
			input: jsonObject().nullish().catch(null),
			output: z.unknown(),
			logs: textOrNull(),
			metrics: metrics(),
		})
		.transform((wire) => ({
			id: wire.id,
			status: wire.status,
			input: wire.input ?? {},
			output: wire.output ?? null,
			logs: wire.logs ?? null,
			/** USD; null while unknown. */
			cost: wire.metrics?.cost ?? null,
			/** Seconds; null while unknown. */
			predictTimeSeconds: wire.metrics?.predict_time ?? null,
			/** As the API gave it, for those who want all of it. */
			raw: wire as Readonly<Record<string, unknown>>,
		})),
);
export type Prediction = ValueOf<typeof predictionResponse>;

export const presignUploadResponse = lazily(() =>
	z
		.object({
			id: z.string().min(1),
			presigned_url: z.string().min(1),
			public_url: z.string().min(1),
			expires_at: textOrNull(),
			required_headers: jsonObject().nullish().catch(null),
		})
		.transform((wire) => ({
			id: wire.id,
			presignedUrl: wire.presigned_url,
			publicUrl: wire.public_url,
			/** When the service deletes the file, RFC 3339; null where it did not say. */
			expiresAt: wire.expires_at ?? null,
			requiredHeaders: Object.fromEntries(
				Object.entries(wire.required_headers ?? {}).flatMap(([name, value]) =>
					typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
				),
			) as Record<string, string>,
		})),
);
export type PresignedUpload = ValueOf<typeof presignUploadResponse>;

/** A file at the service. */
export type UploadedFile = Pick<PresignedUpload, 'id' | 'publicUrl' | 'expiresAt'>;

/** The price of a model. All numbers null: it is not known, which is not free; free is an `amount` of 0. */
const modelCost = lazily(() =>
	z
		.object({
			currency: elseNull(z.string()),
			/** E.g. 'fixed' or 'usage_based'. */
			type: elseNull(z.string()),
			/** For one `unit`. */
			amount: elseNull(numeric()),
			/** E.g. 'execution', 'second', 'million_tokens'. */
			unit: elseNull(z.string()),
			/** Price of one prediction as a number, else in words for people, e.g. '$0.07 per second'. */
			estimate: elseNull(z.union([numeric(), z.string()])),
			description: elseNull(z.string()),
			min: elseNull(numeric()),
			max: elseNull(numeric()),
		})
		.nullish()
		.catch(null),
);
export type ModelCost = NonNullable<ValueOf<typeof modelCost>>;

export const modelResponse = lazily(() =>
	z
		.looseObject({
			slug: z.string().min(1),
			title: textOrNull(),
			version: textOrNull(),
			output_type: textOrNull(),
			request_schema: jsonObject().nullish().catch(null),
			cost: z.unknown(),
		})
		.transform((wire) => ({
			slug: wire.slug,
			title: wire.title ?? wire.slug,
			version: wire.version ?? null,
			outputType: wire.output_type ?? null,
			/** JSON Schema of the `input` of a prediction; null where the catalogue has none. */
			requestSchema: wire.request_schema ?? null,
			/** Null where the catalogue names no price. */
			cost: modelCost.safeParse(wire.cost).data ?? null,
			/** As the API gave it, for those who want all of it. */
			raw: wire as Readonly<Record<string, unknown>>,
		})),
);
export type Model = Omit<ValueOf<typeof modelResponse>, 'cost'> & { readonly cost?: ModelCost | null };

export const modelListResponse = lazily(() =>
	z.array(z.unknown()).transform((wire) => pageOf(modelResponse, wire)),
);

/** A prediction as the account's list of executions tells of it. */
const listedPrediction = lazily(() =>
	z
		.looseObject({
			id: z.string().min(1),
			model: textOrNull(),
			status: z.string().catch(''),
			execution_cost: costOrNull(),
			run_time: numberOrNull(),
			created_at: textOrNull(),
			completed_at: textOrNull(),
			output: z.unknown(),
		})
		.transform((wire) => ({
			id: wire.id,
			model: wire.model ?? null,
			status: wire.status,
			/** USD. */
			cost: wire.execution_cost ?? null,
			/** Seconds. */
			predictTimeSeconds: wire.run_time ?? null,
			/** RFC 3339. */
			createdAt: wire.created_at ?? null,
			/** RFC 3339; null while it is in flight. */
			completedAt: wire.completed_at ?? null,
			output: wire.output ?? null,
			/** As the API gave it, for those who want all of it. */
			raw: wire as Readonly<Record<string, unknown>>,
		})),
);
export type ListedPrediction = ValueOf<typeof listedPrediction>;

export const executionListResponse = lazily(() =>
	z
		.object({
			executions: z.array(z.unknown()),
			has_more: z.boolean().nullish().catch(null),
			next_cursor: textOrNull(),
		})
		.transform((wire) => ({
			...pageOf(listedPrediction, wire.executions),
			/** Whether there are older ones behind `nextCursor`; the older list does not say so. */
			hasMore: wire.has_more ?? (wire.next_cursor ?? '') !== '',
			nextCursor: wire.next_cursor === '' ? null : (wire.next_cursor ?? null),
		})),
);

const routedModel = lazily(() =>
	z
		.object({ id: z.string().min(1), title: textOrNull(), status: textOrNull() })
		.transform(({ id, title, status }) => ({
			id,
			title: title ?? id,
			isVisible: (status ?? 'visible') === 'visible',
		})),
);
export type RoutedModel = ValueOf<typeof routedModel>;

/** The chat models that the router's catalogue shows. */
export const routedModelsResponse = lazily(() =>
	z
		.object({ models: z.array(z.unknown()) })
		.transform(({ models }) => pageOf(routedModel, models).entries.filter(({ isVisible }) => isVisible)),
);

/** Leaves out the entries of another shape: for one of them, the others are not to be lost. */
function pageOf<Entry>(shape: Shape<Entry>, wire: readonly unknown[]): Page<Entry> {
	const entries = wire.flatMap((entry) => {
		const { success, data } = shape.safeParse(entry);
		return success ? [data] : [];
	});
	return { entries, length: wire.length };
}

export const balanceResponse = lazily(() =>
	z.object({ balance_usd: numeric() }).transform((wire) => wire.balance_usd),
);

/** `error` is the documented text; some answers carry an object or a `message` in its place. */
export const errorResponse = lazily(() =>
	z.object({
		error: z.unknown().optional(),
		errors: z.unknown().optional(),
		message: z.unknown().optional(),
		details: z.unknown().optional(),
		detail: z.unknown().optional(),
	}),
);
