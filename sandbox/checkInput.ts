import type { FastifyRequest } from 'fastify';

import { ApiError } from './ApiError';
import { mediaLimits, type CatalogueModel } from './catalogue';
import type { FileStore } from './FileStore';
import { mediaUrlsOf } from './mediaUrlsOf';

type Validate = ReturnType<FastifyRequest['compileValidationSchema']>;

/** By model, for all sandboxes of a process: to compile a schema takes longer than all else that a request asks for. */
const validators = new WeakMap<CatalogueModel, Validate>();

/**
 * Refuses what the model can't take: fields that its schema has no place for, values that don't fit it, media whose
 * address isn't one of the web, and more or bigger media than a request may carry (as far as can be told before they
 * are opened; what comes to light later fails the prediction).
 *
 * @throws ApiError 400 that names the field, with a list in `details`.
 */
export function checkInput(
	model: CatalogueModel,
	input: Record<string, unknown>,
	request: FastifyRequest,
	files: FileStore,
): void {
	const validate = validatorOf(model, request);
	if (!validate(input)) {
		const faults = (validate.errors ?? []).map((fault) => ({
			field: fieldOf(fault.instancePath, fault.params),
			message: messageOf(fault.keyword, fault.message, fault.params, model),
		}));
		throw new ApiError(400, faults.map(({ field, message }) => `${field} ${message}`).join('; '), faults);
	}
	checkMedia(model, input, files);
}

function validatorOf(model: CatalogueModel, request: FastifyRequest): Validate {
	const validate =
		validators.get(model) ??
		request.compileValidationSchema({ ...model.requestSchema, additionalProperties: false });
	validators.set(model, validate);
	return validate;
}

function fieldOf(instancePath: string, params: Record<string, unknown>): string {
	const named: unknown = params.additionalProperty ?? params.missingProperty;
	const path = typeof named === 'string' ? `${instancePath}/${named}` : instancePath;
	return `input${path.replace(/\/(\d+)/g, '[$1]').replace(/\//g, '.')}`;
}

function messageOf(
	keyword: string,
	message: string | undefined,
	params: Record<string, unknown>,
	model: CatalogueModel,
): string {
	if (keyword === 'required') return 'is required';
	if (keyword === 'additionalProperties') {
		const known = Object.keys(model.requestSchema.properties ?? {}).join(', ');
		return `is not a field of ${model.slug}, whose fields are ${known}`;
	}
	if (keyword === 'enum' && Array.isArray(params.allowedValues)) {
		return `must be one of ${params.allowedValues.join(', ')}`;
	}
	return message ?? 'does not fit';
}

function checkMedia(model: CatalogueModel, input: Record<string, unknown>, files: FileStore): void {
	const media = mediaUrlsOf(model, input);
	let videos = 0;
	for (const { field, url } of media) {
		if (!/^https?:\/\//i.test(url))
			throw refusal(field, 'must be an http or https address', url.slice(0, 60));
		const file = files.findReadable(url);
		const contentType = file === undefined || !('record' in file) ? '' : file.record.contentType;
		const byteLength = file === undefined || !('record' in file) ? 0 : (file.record.byteLength ?? 0);
		if (contentType.startsWith('video/') || /\.(mp4|mov|webm|mkv|avi|m4v)([?#]|$)/i.test(url)) videos += 1;
		if (contentType.startsWith('image/') && byteLength > mediaLimits.pictureBytes) {
			throw refusal(field, `has more than ${mediaLimits.pictureBytes} bytes`, byteLength);
		}
	}
	const field = media[0]?.field.replace(/\[\d+\]$/, '') ?? 'input';
	if (media.length > mediaLimits.pictures) {
		throw refusal(field, `has more than ${mediaLimits.pictures} media`, media.length);
	}
	if (videos > mediaLimits.videos) throw refusal(field, `has more than ${mediaLimits.videos} videos`, videos);
}

function refusal(field: string, message: string, given: unknown): ApiError {
	return new ApiError(400, `${field} ${message}`, [{ field, message, given }]);
}
