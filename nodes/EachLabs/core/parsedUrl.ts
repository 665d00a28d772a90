/**
 * A web address in its parts; undefined where the text is none. In the place of `URL.canParse`, which in Node.js 20 takes addresses
 * with letters such as ü for none once it has been called often.
 */
export function parsedUrl(text: string, base?: string | URL): URL | undefined {
	try {
		return new URL(text, base);
	} catch {
		return undefined;
	}
}
