import type { INode, INodeType } from 'n8n-workflow';

/**
 * Refuses a node whose parameters or options its type does not have.
 *
 * n8n drops such names without a word, so a typing mistake in a workflow file would run with the default instead.
 */
export function assertKnownParameters(node: INode, { description }: INodeType): void {
	for (const [name, value] of Object.entries(node.parameters)) {
		const properties = description.properties.filter((property) => property.name === name);
		if (properties.length === 0) throw new Error(`'${node.name}' (${node.type}) has no parameter '${name}'`);

		const collections = properties.filter((property) => property.type === 'collection');
		if (collections.length === 0 || typeof value !== 'object' || value === null) continue;
		const known = collections.flatMap(({ options = [] }) => options.map((option) => option.name));
		for (const option of Object.keys(value)) {
			if (!known.includes(option))
				throw new Error(`'${node.name}' (${node.type}) has no option '${option}' in '${name}'`);
		}
	}
}
