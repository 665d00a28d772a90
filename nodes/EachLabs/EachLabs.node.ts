import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { properties } from './actions/resources';
import { router } from './actions/router';
import { searchModels } from './methods/listSearch';
import { getInputFields } from './methods/resourceMapping';

/** Most operations have one output; moderation and classification may have several. Evaluated by n8n's editor and engine alike. */
const OUTPUTS = `={{ ((parameters) => {
	const says = (value, ...words) => words.includes(String(value).trim().toLowerCase());
	const isOn = (value) => says(value, 'true', 'yes', 'on', '1');
	if (parameters.operation === 'moderate' && !says(parameters.separateOutputs, 'false', 'no', 'off', '0')) {
		if (isOn(parameters.separateReview)) {
			return ['Passed', 'Review', 'Blocked'].map((displayName) => ({ type: 'main', displayName }));
		}
		return [{ type: 'main', displayName: 'Passed' }, { type: 'main', displayName: 'Flagged' }];
	}
	if (parameters.operation === 'classify' && isOn(parameters.outputPerCategory)) {
		const categories = parameters.categories?.categories ?? [];
		const last = parameters.allowOther === false ? 'Failed' : 'Other';
		return [...categories.map(({ category }) => ({ type: 'main', displayName: category })), { type: 'main', displayName: last }];
	}
	return [{ type: 'main' }];
})($parameter) }}` as const;

export class EachLabs implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Each Labs',
		name: 'eachLabs',
		icon: { light: 'file:../../icons/eachlabs.svg', dark: 'file:../../icons/eachlabs.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ $parameter["operation"].replace(/([A-Z])/g, " $1").toLowerCase() + ": " + $parameter["resource"] }}',
		description: 'Analyze, describe, moderate and extract data from images, videos, audio and documents',
		defaults: { name: 'Each Labs' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: OUTPUTS,
		credentials: [{ name: 'eachLabsApi', required: true }],
		properties,
	};

	methods = { listSearch: { searchModels }, resourceMapping: { getInputFields } };

	execute = router;
}
