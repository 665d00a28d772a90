import { createHash } from 'node:crypto';
import sharp from 'sharp';

import type { CatalogueModel } from '../catalogue';
import type { FileStore } from '../FileStore';
import { mediaUrlsOf } from '../mediaUrlsOf';
import type { AnswerStyle } from '../scenario';
import { composeText } from './composeText';
import { composeJsonAnswer } from './json/composeJsonAnswer';
import { readAnswerForm } from './json/readAnswerForm';
import type { MediumReader } from './MediumReader';

export interface Answer {
	output: string | string[] | Record<string, unknown>;
	/** Estimated: four characters a token, and what each medium counts. */
	tokens: { input: number; output: number };
}

export interface AnswerOrder {
	readonly model: CatalogueModel;
	readonly input: Record<string, unknown>;
	readonly predictionId: string;
	/** Of an answer that has to be JSON. */
	readonly style: AnswerStyle;
}

/**
 * The answer to a prediction's input, made from the bytes of its media and the words of its prompt alone: the same input
 * gives the same answer.
 *
 * @throws UnusableInputError When one of the media can't be opened or understood, or the prompt can't be answered.
 */
export async function composeAnswer(
	{ model, input, predictionId, style }: AnswerOrder,
	reader: MediumReader,
	files: FileStore,
): Promise<Answer> {
	const prompt = textOf(input, model.promptField);
	const media = await Promise.all(
		mediaUrlsOf(model, input).map(async ({ url }) => await reader.describe(url)),
	);

	const output = await composeOutput();
	const said = typeof output === 'string' ? output : JSON.stringify(output);
	const mediaTokens = media.reduce((sum, { tokens }) => sum + tokens, 0);
	return {
		output,
		tokens: { input: Math.ceil(prompt.length / 4) + mediaTokens, output: Math.ceil(said.length / 4) },
	};

	async function composeOutput(): Promise<Answer['output']> {
		if (model.answers === 'pictures') return await drawPictures(prompt, input, predictionId, files);
		if (model.answers === 'tags')
			return [...new Set(media.flatMap(({ colours, kind }) => [kind, ...colours]))];
		const form = readAnswerForm(prompt);
		const others = otherFields(model, input);
		const text =
			form === null ? composeText(prompt, media, others) : composeJsonAnswer(form, media, others, style);
		return model.answers === 'object' ? { text, model: model.slug } : text;
	}
}

function textOf(input: Record<string, unknown>, field: string | undefined): string {
	const value = field === undefined ? undefined : input[field];
	return typeof value === 'string' ? value : '';
}

/** What was sent besides prompt and media, so that a setting which went to the wrong field shows. */
function otherFields(model: CatalogueModel, input: Record<string, unknown>): string[] {
	return Object.entries(input)
		.filter(([name]) => name !== model.promptField && !model.mediaFields.includes(name))
		.map(([name, value]) => `${name} ${JSON.stringify(value).slice(0, 80)}`);
}

const pictureSizes: Record<string, [number, number]> = {
	'1:1': [256, 256],
	'16:9': [320, 180],
	'9:16': [180, 320],
};

/** Plain pictures in a colour that depends on the prompt, as the URLs of files in the storage. */
async function drawPictures(
	prompt: string,
	input: Record<string, unknown>,
	predictionId: string,
	files: FileStore,
): Promise<string[]> {
	const count = typeof input.num_images === 'number' ? input.num_images : 1;
	const [width, height] = pictureSizes[textOf(input, 'aspect_ratio')] ?? [256, 256];
	const drawn: string[] = [];
	for (let ordinal = 0; ordinal < count; ordinal += 1) {
		const [r = 0, g = 0, b = 0] = createHash('sha256').update(`${prompt} ${ordinal}`).digest();
		const name = `${predictionId}-${ordinal}.png`;
		await sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
			.png()
			.toFile(files.pathFor(name));
		drawn.push(files.addMadeFile(name, 'image/png').publicUrl);
	}
	return drawn;
}
