import type { IDataObject } from 'n8n-workflow';

import type { PredictionFilter } from '../../core/api/Executions';
import { PredictionError } from '../../core/PredictionError';
import { outputText } from '../../core/prediction/outputText';
import { outcomeOf } from '../../core/api/predictionStatus';
import type { ListedPrediction } from '../../core/api/shapes';
import { filtersField, listFields, MAX_RESULTS, readLimit } from '../fields/list';
import { modelField } from '../fields/model';
import { unitOf, type ItemContext, type Operation } from '../operation';
import { readSimplify, simplifyField } from '../fields/simplify';
import { written } from '../../core/words';

const LISTED_STATUSES: ReadonlySet<string> = new Set(['created', 'starting', 'success', 'error']);
const STATUS_SYNONYMS: Readonly<Record<string, string>> = { succeeded: 'success', failed: 'error' };

const filters = filtersField([
	{
		displayName: 'From',
		name: 'from',
		type: 'dateTime',
		default: '',
		description:
			"Only predictions that were created at this time or later. If not set, the list goes back 90 days from 'To', or from now.",
	},
	{
		...modelField,
		required: false,
		default: { mode: 'list', value: '' },
		description: 'Only predictions of this model',
	},
	{
		displayName: 'Status',
		name: 'status',
		type: 'multiOptions',
		options: [
			{ name: 'Created', value: 'created' },
			{ name: 'Error', value: 'error' },
			{ name: 'Starting', value: 'starting' },
			{ name: 'Success', value: 'success' },
		],
		default: [],
		description: 'Only predictions with one of these statuses',
	},
	{
		displayName: 'To',
		name: 'to',
		type: 'dateTime',
		default: '',
		description: 'Only predictions that were created at this time or earlier',
	},
]);

export const getManyPredictions: Operation = {
	option: {
		name: 'Get Many',
		value: 'getMany',
		action: 'Get many predictions',
		description:
			'List predictions of your account, e.g. to find those of an execution that was interrupted, at no cost',
	},
	fields: [...listFields, filters, simplifyField],
	prepare: async (item) => {
		const { itemIndex, session } = item;
		const limit = readLimit(item);
		const filter = readFilter(item);
		const simplify = readSimplify(item);
		return unitOf(itemIndex, async () => {
			const { entries: predictions, isWhole } = await session.client.executions.list(
				filter,
				limit,
				item.session.callScope(),
			);
			if (!isWhole) {
				session.addHint(
					`Each Labs gave ${written(predictions.length)} predictions and stopped there, although there are more. Set 'From' and 'To' to get the others.`,
				);
			}
			if (predictions.length === MAX_RESULTS) {
				session.addHint(
					"The list was left after its newest 100,000 predictions. Set 'From' and 'To' to get the others.",
				);
			}
			return predictions.map((prediction) => ({ json: listedJson(prediction, simplify) }));
		});
	},
};

function listedJson(listed: ListedPrediction, simplify: boolean): IDataObject {
	const text = outcomeOf(listed.status) === 'succeeded' ? outputText(listed.output) : '';
	return {
		predictionId: listed.id,
		model: listed.model,
		status: listed.status,
		...(text === '' ? {} : { text }),
		cost: listed.cost,
		predictTime: listed.predictTimeSeconds,
		createdAt: listed.createdAt,
		completedAt: listed.completedAt,
		...(simplify ? {} : { prediction: listed.raw as IDataObject }),
	};
}

/** What is empty holds nothing back. */
function readFilter(item: ItemContext): PredictionFilter {
	const given = item.functions.getNodeParameter('filters', item.itemIndex, {}) as IDataObject;
	const model = given['modelId'];
	const slug = typeof model === 'object' && model !== null && 'value' in model ? model['value'] : model;
	return {
		model: typeof slug === 'string' ? slug.trim() : undefined,
		status: readStatuses(given['status']),
		from: readMoment(item, given['from'], 'From'),
		to: readMoment(item, given['to'], 'To'),
	};
}

/** The service lists by four words only. What an answer calls by another one of the same meaning is listed by that. */
function readStatuses(value: unknown): string {
	const wanted = [value ?? []]
		.flat()
		.flatMap((word) => String(word).split(','))
		.map((word) => word.trim().toLowerCase())
		.filter((word) => word !== '')
		.map((word) => STATUS_SYNONYMS[word] ?? word);
	const unknown = wanted.find((word) => !LISTED_STATUSES.has(word));
	if (unknown === undefined) return [...new Set(wanted)].join(',');
	throw PredictionError.invalidInput(
		`The filter 'Status' is '${unknown.slice(0, 100)}', by which Each Labs can't list predictions`,
		'Use created, starting, success or error; leave the filter out to get all predictions with their statuses.',
	);
}

/** RFC 3339, in UTC. A time without an offset, as the editor's date picker gives it, is one of the workflow's time zone. */
function readMoment(
	{ functions, itemIndex }: ItemContext,
	value: unknown,
	label: string,
): string | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const text = typeof value === 'string' ? value.trim().replace(' ', 'T') : JSON.stringify(value);
	const utc: unknown = /^"?\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-][\d:]+)?)?"?$/.test(text)
		? functions.evaluateExpression(
				`{{ DateTime.fromISO('${text.replaceAll('"', '')}', { zone: '${functions.getTimezone()}' }).toUTC().toISO() }}`,
				itemIndex,
			)
		: undefined;
	if (typeof utc === 'string' && utc !== '') return utc;
	throw PredictionError.invalidInput(
		`The filter '${label}' is ${JSON.stringify(value)}, which is not a date`,
		'Write it like 2026-08-21 or 2026-08-21T09:30:00, or choose it from the calendar.',
	);
}
