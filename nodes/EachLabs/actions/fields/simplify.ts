import type { INodeProperties } from 'n8n-workflow';

import { readSwitch } from '../../n8n/switches';
import type { ItemContext } from '../operation';

export const simplifyField: INodeProperties = {
	displayName: 'Simplify Output',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** Whether the output leaves out the raw data. */
export function readSimplify({ functions, itemIndex }: ItemContext): boolean {
	const given: unknown = functions.getNodeParameter('simplify', itemIndex, true);
	return readSwitch(given, true, "parameter 'Simplify Output'");
}
