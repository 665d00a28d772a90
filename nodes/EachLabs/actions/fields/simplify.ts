import type { INodeProperties } from 'n8n-workflow';

import { readSwitchField } from '../../n8n/switches';
import type { ItemContext } from '../operation';

export const simplifyField: INodeProperties = {
	displayName: 'Simplify Output',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** Whether the output leaves out the raw data. */
export function readSimplify(item: ItemContext): boolean {
	return readSwitchField(item, simplifyField);
}
