import type { MediaKind } from '../../core/media/media';

/** What the fields of an extraction show as an example of such files. */
export interface ExtractExample {
	readonly attribute: string;
	readonly description: string;
	/** Choices of an attribute, by comma. */
	readonly values: string;
	/** Data as the model is to give it. */
	readonly data: object;
	/** Fields of a JSON Schema, all of them required. */
	readonly properties: Readonly<Record<string, object>>;
}

export const EXTRACT_EXAMPLES: Readonly<Record<MediaKind, ExtractExample>> = {
	image: {
		attribute: 'color',
		description: 'Main color of the product, in one word',
		values: 'red, blue, green',
		data: { color: 'red', style: 'casual', materials: ['leather', 'cotton'], defects: 0 },
		properties: { color: { type: 'string', description: 'Main color' } },
	},
	video: {
		attribute: 'scenes',
		description: 'What is shown, one entry for each scene',
		values: 'advertising, tutorial, interview',
		data: { brand: 'Example Bikes', scenes: ['a ride in the rain', 'the workshop'], hasSpeech: true },
		properties: { brand: { type: 'string', description: 'Brand that is advertised' } },
	},
	audio: {
		attribute: 'topic',
		description: 'What the call is about, in one word',
		values: 'order, delivery, complaint',
		data: { caller: 'Kim Miller', topics: ['delivery'], wantsCallback: true },
		properties: { caller: { type: 'string', description: 'Name of the person who calls' } },
	},
	document: {
		attribute: 'total',
		description: 'Sum to be paid, taxes included',
		values: 'invoice, receipt, reminder',
		data: { invoiceNumber: 'A-1042', date: '2026-01-31', total: 149.9, articles: ['saddle', 'bell'] },
		properties: { invoiceNumber: { type: 'string', description: 'Number of the invoice' } },
	},
};
