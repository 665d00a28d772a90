import type { INodeExecutionData, INodeType } from 'n8n-workflow';

/** A start node that puts out the given items, whatever comes in. */
export function givenItems(items: INodeExecutionData[]): INodeType {
	return {
		description: {
			name: 'givenItems',
			displayName: 'Given Items',
			description: 'Puts out the items of a test',
			group: ['trigger'],
			version: 1,
			defaults: { name: 'Start' },
			inputs: [],
			outputs: ['main'],
			properties: [],
		},
		execute: async () => [items],
	};
}
