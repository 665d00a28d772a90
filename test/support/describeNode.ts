import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';

/**
 * This engine's own versions of the few n8n standard nodes that the examples use.
 *
 * The package n8n-nodes-base is too large to install for that. Names, versions and parameters are those of n8n 1.123
 * and 2.x, and what is here does what n8n's node does with them; a setting that is not here is refused, never ignored.
 */
export function describeNode(
	name: string,
	displayName: string,
	version: number | number[],
	properties: INodeProperties[],
	shape: Partial<INodeTypeDescription> = {},
): INodeTypeDescription {
	return {
		name,
		displayName,
		version,
		properties,
		description: displayName,
		group: ['transform'],
		defaults: { name: displayName },
		inputs: ['main'],
		outputs: ['main'],
		...shape,
	};
}
