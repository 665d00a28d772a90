import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Category } from '../../core/answer/choices';
import { numberIn } from '../../core/numberIn';
import type { MediaKind } from '../../core/media/media';
import {
	blockedModeration,
	isGraver,
	readModeration,
	reasonsOf,
	withUnseenFiles,
	type Decision,
	type Moderation,
} from './moderationDecision';
import { moderationSchema, moderationTask, POLICY_PRESETS, type ModerationRules } from './moderationRules';
import { PredictionError } from '../../core/PredictionError';
import { filledIn } from '../../n8n/filledIn';
import { switchedOn } from '../../n8n/switches';
import { AnswerSchema } from '../../core/schema/AnswerSchema';
import { isTool } from '../../n8n/isTool';
import type { ItemContext, Operation } from '../operation';
import { sourceFields } from '../fields/sources';
import { readItemOptions } from '../fields/optionsCollection';
import { auditOf } from './audit';
import { listedTexts } from '../fields/listedTexts';
import { mediaOperation } from './mediaOperation';
import { capitalized } from '../../core/words';

const PASSED = 0;
/** With two outputs everything that is not allowed; with three what a person has to look at. */
const FLAGGED = 1;
const BLOCKED = 2;

const policyFields: INodeProperties[] = [
	{
		displayName: 'Policies',
		name: 'policies',
		type: 'multiOptions',
		options: Object.entries(POLICY_PRESETS)
			.map(([value, { name, rule }]) => ({
				name,
				value,
				description: `${rule.charAt(0).toUpperCase()}${rule.slice(1)}`,
			}))
			.sort((left, right) => (left.name < right.name ? -1 : 1)),
		default: ['sexual', 'violence', 'hate', 'selfHarm'],
		description: 'What is not allowed. The description of each policy says what it covers.',
	},
	{
		displayName: 'Custom Rules',
		name: 'ownRules',
		type: 'fixedCollection',
		placeholder: 'Add Rule',
		default: {},
		typeOptions: { multipleValues: true },
		description: 'More that is not allowed, in your own words. A rule with the name of a policy replaces it.',
		options: [
			{
				displayName: 'Rules',
				name: 'rules',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. Competitors',
						description: 'Name of the category in the output',
						required: true,
					},
					{
						displayName: 'What Is Not Allowed',
						name: 'rule',
						type: 'string',
						typeOptions: { rows: 2 },
						default: '',
						placeholder: 'e.g. Logos or products of other bicycle makers',
						description: 'What an item must not show, in your own words',
						required: true,
					},
				],
			},
		],
	},
	{
		displayName: 'Review Threshold',
		name: 'reviewThreshold',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
		default: 0.4,
		description:
			"How sure the model must be that a rule is violated, from 0 to 1, for the decision 'review'. Lower it to review more.",
	},
	{
		displayName: 'Block Threshold',
		name: 'blockThreshold',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
		default: 0.8,
		description:
			"How sure the model must be that a rule is violated, from 0 to 1, for the decision 'block'. Must not be lower than 'Review Threshold'.",
	},
	{
		displayName: 'Separate Outputs',
		name: 'separateOutputs',
		type: 'boolean',
		noDataExpression: true,
		displayOptions: { hide: { '@tool': [true] } },
		default: true,
		description:
			"Whether to use two outputs: 'Passed' for what is allowed, and 'Flagged' for all else, including items that could not be checked",
	},
	{
		displayName: 'Separate Review',
		name: 'separateReview',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		displayOptions: { show: { separateOutputs: [true] }, hide: { '@tool': [true] } },
		description:
			"Whether to use three outputs: 'Passed', 'Review' and 'Blocked'. Items that could not be checked go to 'Review' if 'On Error' is set to 'Continue', so that nothing is taken down because of an outage or an invalid key.",
	},
];

export const moderateImage = moderate('image', ['image', 'document']);
export const moderateVideo = moderate('video', ['video', 'image', 'audio']);

/** The moderation of one kind of media. */
function moderate(kind: 'image' | 'video', accepted: readonly MediaKind[]): Operation {
	return mediaOperation({
		kind,
		accepted,
		option: {
			name: `Moderate ${capitalized(kind)}`,
			value: 'moderate',
			action: `Moderate ${kind}`,
			description: `Check ${kind}s against your rules, and decide to allow, review or block them`,
		},
		fields: [...policyFields, ...sourceFields(kind)],
		options: ['autoFix', 'includeAudit'],
		outputs: (functions) => ({
			count: countOutputs(functions),
			errorIndex: countOutputs(functions) > 1 ? FLAGGED : 0,
		}),
		ask: (item) => {
			const rules = readRules(item);
			const outputCount = countOutputs(item.functions);
			const { includeAudit } = readItemOptions(item);
			const fieldsOf = (moderation: Moderation, leftOut: readonly string[]): IDataObject => {
				const { decision, categories } = withUnseenFiles(moderation, leftOut);
				const reasons = reasonsOf({ decision, categories });
				return { decision, flagged: decision !== 'allow', reasons, categories };
			};
			return {
				task: moderationTask(rules),
				schema: moderationSchema(rules),
				// Whatever names the categories, e.g. without reasons; what can't be read of it is `review`.
				looseSchema: AnswerSchema.fromJsonSchema(
					{ type: ['object', 'array'], minProperties: 1 },
					'form of a moderation',
				),
				read: (answer, _media, leftOut) =>
					fieldsOf(readModeration([JSON.stringify(answer)], rules).moderation, leftOut),
				readTexts: (texts, _media, leftOut) => {
					const { moderation, complaint } = readModeration(texts, rules);
					return { fields: fieldsOf(moderation, leftOut), complaint };
				},
				reading: [rules.reviewThreshold, rules.blockThreshold],
				isOpen: ({ decision }) => decision === 'review',
				saysMore: (text, answers) => isGraver(text, answers, rules),
				readBlocked: (words, leftOut) => fieldsOf(blockedModeration(rules, words), leftOut),
				complete: includeAudit
					? async ({ json }, _fields, member) => ({
							json: { ...json, audit: await auditOf(rules, member, json.model) },
						})
					: undefined,
				outputIndex: ({ decision }) => outputOf(decision as Decision, outputCount),
			};
		},
	});
}

/** As many as the node's description has for the same parameters. */
function countOutputs(functions: IExecuteFunctions): number {
	if (switchedOn(functions.getNodeParameter('separateOutputs', 0, true)) === false || isTool(functions))
		return 1;
	return switchedOn(functions.getNodeParameter('separateReview', 0, false)) === true ? 3 : 2;
}

function outputOf(decision: Decision, outputCount: number): number {
	if (outputCount === 1 || decision === 'allow') return PASSED;
	return outputCount === 3 && decision === 'block' ? BLOCKED : FLAGGED;
}

function readRules(item: ItemContext): ModerationRules {
	const reviewThreshold = readThreshold(item, 'reviewThreshold', 'Review Threshold', 0.4);
	const blockThreshold = readThreshold(item, 'blockThreshold', 'Block Threshold', 0.8);
	if (reviewThreshold > blockThreshold) {
		throw PredictionError.invalidInput(
			`The 'Review Threshold' (${reviewThreshold}) is over the 'Block Threshold' (${blockThreshold})`,
			'Set it at or below the block threshold: what is reviewed is less sure than what is blocked.',
		);
	}
	const categories = readCategories(item);
	if (categories.length === 0) {
		throw PredictionError.invalidInput(
			'There is nothing to check: no policy is chosen',
			"Choose at least one of 'Policies', or add one under 'Custom Rules'.",
		);
	}
	return { categories, reviewThreshold, blockThreshold };
}

function readCategories({ functions, itemIndex }: ItemContext): Category[] {
	const given: unknown = functions.getNodeParameter('policies', itemIndex, []);
	if (typeof given !== 'string' && !Array.isArray(given)) {
		throw PredictionError.invalidInput(
			`'Policies' is ${JSON.stringify(given)} where a list belongs`,
			"Check its expression: it has to give a list such as ['sexual', 'violence'].",
		);
	}
	const rules = new Map<string, string>();
	for (const value of listedTexts(given, "The 'Policies'")) {
		const preset = presetOf(value);
		if (!preset) {
			throw PredictionError.invalidInput(
				`'Policies' has '${value}', which is none of: ${Object.keys(POLICY_PRESETS).join(', ')}`,
				"Choose from the list, or write it down under 'Custom Rules'.",
			);
		}
		rules.set(preset.name, preset.rule);
	}
	const own: unknown = functions.getNodeParameter('ownRules.rules', itemIndex, []);
	const ownNames = new Set<string>();
	for (const [position, { name, rule }] of (
		(Array.isArray(own) ? own : []) as Array<{ name?: unknown; rule?: unknown }>
	).entries()) {
		if (typeof name !== 'string' || typeof rule !== 'string' || name.trim() === '' || rule.trim() === '') {
			throw PredictionError.invalidInput(
				`Rule ${position + 1} of 'Custom Rules' has no name or no text`,
				'Fill in both, or remove the rule.',
			);
		}
		const label = `rule ${position + 1} of 'Custom Rules'`;
		const wanted = filledIn(name.trim(), label);
		if (ownNames.has(wanted)) {
			throw PredictionError.invalidInput(
				`Two of 'Custom Rules' are called '${wanted}'`,
				'Give each a name of its own, or write both into one rule.',
			);
		}
		ownNames.add(wanted);
		rules.set(wanted, filledIn(rule.trim(), label));
	}
	return [...rules].map(([name, description]) => ({ name, description }));
}

/** By its value or by the name that the editor shows, since tables and agents give either. */
function presetOf(given: string): (typeof POLICY_PRESETS)[string] | undefined {
	const wanted = given.toLowerCase();
	const found = Object.entries(POLICY_PRESETS).find(
		([value, { name }]) => value.toLowerCase() === wanted || name.toLowerCase() === wanted,
	);
	return found?.[1];
}

function readThreshold(
	{ functions, itemIndex }: ItemContext,
	name: string,
	label: string,
	fallback: number,
): number {
	const value: unknown = functions.getNodeParameter(name, itemIndex, fallback);
	const threshold = numberIn(value);
	if (threshold >= 0 && threshold <= 1) return threshold;
	throw PredictionError.invalidInput(
		`The '${label}' is ${JSON.stringify(value)}; it has to be a number from 0 to 1`,
		`Set it within that range, e.g. ${fallback}.`,
	);
}
