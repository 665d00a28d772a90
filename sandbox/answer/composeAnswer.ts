import { createHash } from 'node:crypto';
import sharp from 'sharp';

import type { CatalogueModel } from '../catalogue';
import type { FileStore } from '../FileStore';
import { readMessages, writeCompletion } from '../llmRouter';
import { mediaUrlsOf } from '../mediaUrlsOf';
import type { AnswerStyle, Scenario } from '../scenario';
import { composeText } from './composeText';
import type { Draft } from './Draft';
import { composeJsonAnswer } from './json/composeJsonAnswer';
import { readAnswerForm } from './json/readAnswerForm';
import type { MediumReader } from './MediumReader';

export interface Answer {
	output: unknown;
	/** Estimated: four characters a token, and what each medium counts. */
	tokens: { input: number; output: number };
}

export interface AnswerOrder {
	readonly model: CatalogueModel;
	readonly input: Record<string, unknown>;
	readonly predictionId: string;
	readonly ordinal: number;
	/** Of an answer that has to be JSON. */
	readonly style: AnswerStyle;
	readonly rewrite: Scenario['rewriteAnswer'];
}

/**
 * The answer to a prediction's input, made from the bytes of its media and the words of its prompt alone: the same input
 * gives the same answer.
 *
 * @throws UnusableInputError When one of the media can't be opened or understood, or the prompt can't be answered.
 */
export async function composeAnswer(
	{ model, input, predictionId, ordinal, style, rewrite }: AnswerOrder,
	reader: MediumReader,
	files: FileStore,
): Promise<Answer> {
	const prompt = model.answers === 'chat' ? readMessages(input).prompt : textOf(input, model.promptField);
	const media = await Promise.all(
		mediaUrlsOf(model, input).map(async ({ url }) => await reader.describe(url)),
	);
	const mediaTokens = media.reduce((sum, { tokens }) => sum + tokens, 0);
	const inputTokens = Math.ceil(prompt.length / 4) + mediaTokens;

	const { output, ...data } = await composeOutput();
	const rewritten = rewrite({ model: model.slug, input, ordinal, prompt, output, ...data });
	const said = rewritten === undefined ? output : rewritten;
	return { output: said, tokens: { input: inputTokens, output: tokensOf(said) } };

	async function composeOutput(): Promise<Pick<Draft, 'output' | 'answer' | 'entries'>> {
		if (model.answers === 'pictures') {
			return { output: await drawPictures(prompt, input, predictionId, files) };
		}
		if (model.answers === 'tags') {
			return { output: [...new Set(media.flatMap(({ colours, kind }) => [kind, ...colours]))] };
		}
		const form = readAnswerForm(prompt);
		const others = otherFields(model, input);
		const { text, ...composed } =
			form === null
				? { text: composeText(prompt, media, others) }
				: await composeJsonAnswer(form, media, others, style);
		return { output: inShapeOfModel(text), ...composed };
	}

	function inShapeOfModel(text: string): unknown {
		if (model.answers === 'object') return { text, model: model.slug };
		if (model.answers !== 'chat') return text;
		return writeCompletion(text, input, predictionId, { input: inputTokens, output: tokensOf(text) });
	}
}

function tokensOf(said: unknown): number {
	return Math.ceil((typeof said === 'string' ? said : JSON.stringify(said)).length / 4);
}

function textOf(input: Record<string, unknown>, field: string | undefined): string {
	const value = field === undefined ? undefined : input[field];
	return typeof value === 'string' ? value : '';
}

/** What was sent besides prompt and media, so that a setting which went to the wrong field shows. */
function otherFields(model: CatalogueModel, input: Record<string, unknown>): string[] {
	return Object.entries(input)
		.filter(([name]) => name !== model.promptField && !model.mediaFields.includes(name))
		.filter(([name]) => model.answers !== 'chat' || (name !== 'model' && name !== 'messages'))
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
