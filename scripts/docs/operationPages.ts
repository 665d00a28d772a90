import { join } from 'node:path';
import type { INodeProperties } from 'n8n-workflow';

// With its ending, since without one tsx takes the codex file EachLabs.node.json for it.
import { EachLabs } from '../../nodes/EachLabs/EachLabs.node.ts';
import { choicesOf } from './shownValue';

/** The page of an operation in `docs/operations`, whether it is written or not. */
export interface OperationPage {
	/** Name of the file, e.g. `image-alt-text.md`. */
	readonly file: string;
	readonly resource: string;
	readonly operation: string;
	/** As the editor names them. */
	readonly resourceName: string;
	readonly operationName: string;
	readonly description: string;
	readonly fields: readonly INodeProperties[];
}

export const pagesFolder = join(__dirname, '../../docs/operations');

/** Whether its operations look at media, and not at what the account has. */
export function isMediaResource(resource: string): boolean {
	return ['audio', 'document', 'image', 'video'].includes(resource);
}

const { properties } = new EachLabs().description;

/** One for every operation that the node has, in the order of its menus. */
export const operationPages: readonly OperationPage[] = properties
	.filter(({ name }) => name === 'resource')
	.flatMap(choicesOf)
	.flatMap(({ name: resourceName, value: resource }) =>
		properties
			.filter((field) => field.name === 'operation' && isShownFor(field, 'resource', resource))
			.flatMap(choicesOf)
			.map(({ name: operationName, value: operation, description = '' }) => ({
				file: `${inKebabCase(String(resource))}-${inKebabCase(String(operation))}.md`,
				resource: String(resource),
				operation: String(operation),
				resourceName,
				operationName,
				description,
				fields: properties.filter(
					(field) => isShownFor(field, 'resource', resource) && isShownFor(field, 'operation', operation),
				),
			})),
	);

function isShownFor({ displayOptions }: INodeProperties, name: string, value: unknown): boolean {
	const values: readonly unknown[] = displayOptions?.show?.[name] ?? [];
	return values.includes(value);
}

function inKebabCase(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
