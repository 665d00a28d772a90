import type { ItemContext } from '../operation';

/**
 * Files of the item that were left out although all were asked for (`*`), by name: the file's own and that of its field.
 *
 * @param sent labels of the files that were sent, which name their fields
 */
export function unseenFiles({ functions, itemIndex }: ItemContext, sent: readonly string[]): string[] {
	if (functions.getNodeParameter('inputType', itemIndex, 'binary') === 'url') return [];
	const asked: unknown = functions.getNodeParameter('binaryPropertyName', itemIndex, 'data');
	const names =
		typeof asked === 'string' ? asked.split(',') : Array.isArray(asked) ? (asked as unknown[]) : [];
	if (!names.some((name) => typeof name === 'string' && name.trim() === '*')) return [];
	const { binary = {} } = functions.getInputData()[itemIndex] ?? {};
	return Object.entries(binary).flatMap(([field, data]) => {
		if (sent.some((label) => label.endsWith(`binary field '${field}'`))) return [];
		const name = typeof data?.fileName === 'string' ? data.fileName.slice(0, 80) : '';
		return [name === '' ? `binary field '${field}'` : `${name} (binary field '${field}')`];
	});
}
