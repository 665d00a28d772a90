import { separateUrls } from './addresses';
import { triedJson } from '../json';
import { parsedUrl } from '../parsedUrl';

const MAX_ADDRESSES = 100;
const MAX_DEPTH = 16;

/**
 * The web addresses that a value consists of, a model's output as well as an input: a text that is one or several, and those
 * in lists and objects, in their order, each once. A text with an address among other words gives none.
 */
export function resultAddresses(value: unknown): string[] {
	const found = new Set<string>();
	collect(value, 0, found);
	return [...found].slice(0, MAX_ADDRESSES);
}

function collect(value: unknown, depth: number, found: Set<string>): void {
	if (depth > MAX_DEPTH || found.size >= MAX_ADDRESSES) return;
	if (typeof value === 'string') {
		const parsed = /^\s*[[{]/.test(value) ? triedJson(value) : undefined;
		if (parsed !== undefined) collect(parsed, depth + 1, found);
		else for (const address of addressesIn(value)) found.add(address);
	} else if (typeof value === 'object' && value !== null) {
		for (const entry of Object.values(value)) collect(entry, depth + 1, found);
	}
}

function addressesIn(text: string): string[] {
	if (!/^\s*https?:\/\//i.test(text)) return [];
	const addresses = separateUrls(text.trim());
	return addresses.every((address) => /^https?:\/\/\S+$/i.test(address) && parsedUrl(address) !== undefined)
		? addresses
		: [];
}
