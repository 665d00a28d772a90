import { z } from 'zod/v4';

/**
 * The shapes of the Each Labs API, as its public documentation gives them. Snake case ends here: the rest of the core sees
 * the types below each schema. Fields that the node does not need are left out; unknown ones are let through unread.
 */

const jsonObject = z.record(z.string(), z.unknown());

/** The id counts, whatever else is in the answer: with it, something was made. */
export const createPredictionResponse = z.object({
	status: z.string().optional().catch(undefined),
	message: z.unknown().optional(),
	predictionID: z.string().min(1).optional().catch(undefined),
	error: z.unknown().optional(),
	details: z.unknown().optional(),
});
export type CreatePredictionResponse = z.infer<typeof createPredictionResponse>;

export const cancelPredictionResponse = z.object({ status: z.string().min(1) });

const metrics = z
	.looseObject({ predict_time: z.number().nullish().catch(null), cost: z.number().nullish().catch(null) })
	.nullish()
	.catch(null);

export const predictionResponse = z
	.looseObject({
		id: z.string().min(1),
		status: z.string().min(1),
		input: jsonObject.nullish().catch(null),
		output: z.unknown(),
		logs: z.string().nullish().catch(null),
		metrics,
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
	}));
export type Prediction = z.infer<typeof predictionResponse>;

export const presignUploadResponse = z
	.object({
		id: z.string().min(1),
		presigned_url: z.string().min(1),
		public_url: z.string().min(1),
		required_headers: z.record(z.string(), z.string()).nullish(),
	})
	.transform((wire) => ({
		id: wire.id,
		presignedUrl: wire.presigned_url,
		publicUrl: wire.public_url,
		requiredHeaders: wire.required_headers ?? {},
	}));
export type PresignedUpload = z.infer<typeof presignUploadResponse>;

export const modelResponse = z
	.object({
		slug: z.string().min(1),
		title: z.string().nullish().catch(null),
		output_type: z.string().nullish().catch(null),
		request_schema: jsonObject.nullish().catch(null),
	})
	.transform((wire) => ({
		slug: wire.slug,
		title: wire.title ?? wire.slug,
		outputType: wire.output_type ?? null,
		/** JSON Schema of the `input` of a prediction; null where the catalogue has none. */
		requestSchema: wire.request_schema ?? null,
	}));
export type Model = z.infer<typeof modelResponse>;

export const modelListResponse = listOf(modelResponse);

export const executionListResponse = z.object({ executions: z.array(z.unknown()) }).transform((wire) => ({
	entries: listOf(z.object({ id: z.string().min(1), status: z.string().catch('') })).parse(wire.executions),
	/** How many entries the page had, those of another shape among them. */
	length: wire.executions.length,
}));

/** Leaves out the entries of another shape: for one of them, the others are not to be lost. */
function listOf<Entry>(entry: z.ZodType<Entry>) {
	return z
		.array(entry.nullable().catch(null))
		.transform((entries) => entries.filter((candidate) => candidate !== null));
}

/** `error` is the documented text; some answers carry an object or a `message` in its place. */
export const errorResponse = z.object({
	error: z.unknown().optional(),
	message: z.unknown().optional(),
	details: z.unknown().optional(),
});
