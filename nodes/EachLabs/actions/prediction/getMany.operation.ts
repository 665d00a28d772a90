import type { IDataObject } from 'n8n-workflow';

import { PAGE_SIZE, type PredictionFilter } from '../../core/api/EachLabsClient';
import { PredictionError } from '../../core/PredictionError';
import { outputText } from '../../core/prediction/outputText';
import { outcomeOf } from '../../core/api/predictionStatus';
import { readPages } from '../../core/api/readPages';
import type { ListedPrediction } from '../../core/api/shapes';
import { callScope } from '../callScope';
import { filtersField, listFields, MAX_RESULTS, readLimit } from '../fields/list';
import { modelField } from '../fields/model';
import { unitOf, type ItemContext, type Operation } from '../operation';
import { readSimplify, simplifyField } from '../fields/simplify';

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
			const predictions = await readPages(
				async (page) => await session.client.listPredictions(filter, page, callScope(item)),
				{ limit, pageSize: PAGE_SIZE, keyOf: ({ id }) => id },
			);
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

/** What is empty holds nothing back. A status is passed on as it is: the service says which words it takes. */
function readFilter(item: ItemContext): PredictionFilter {
	const given = item.functions.getNodeParameter('filters', item.itemIndex, {}) as IDataObject;
	const model = given['modelId'];
	const slug = typeof model === 'object' && model !== null && 'value' in model ? model['value'] : model;
	return {
		model: typeof slug === 'string' ? slug.trim() : undefined,
		status: [given['status'] ?? []].flat().map(String).join(','),
		from: readMoment(item, given['from'], 'From'),
		to: readMoment(item, given['to'], 'To'),
	};
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
