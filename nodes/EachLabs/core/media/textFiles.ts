/**
 * A file's beginning as text, where it is one: UTF-8, or UTF-16 with a byte order mark, without control characters.
 *
 * @returns undefined for other bytes, and for none
 */
export function textOf(head: Uint8Array): string | undefined {
	if (head.length === 0) return undefined;
	const [first, second] = head;
	const isLittleEndian = first === 0xff && second === 0xfe;
	if (isLittleEndian || (first === 0xfe && second === 0xff)) {
		const units = head.subarray(2, 2 + 2 * Math.floor((head.length - 2) / 2));
		const bytes = Buffer.from(units);
		const text = (isLittleEndian ? bytes : bytes.swap16()).toString('utf16le');
		return hasControlCharacters(text) ? undefined : text;
	}
	const text = Buffer.from(head)
		.toString('utf8')
		.replace(/^\ufeff/, '');
	// What is not UTF-8 may be a text in an older encoding, which has few letters beyond ASCII.
	const foreign = text.split('\ufffd').length - 1;
	return foreign > text.length / 8 || hasControlCharacters(text) ? undefined : text;
}

function hasControlCharacters(text: string): boolean {
	return /[^\P{Cc}\t\n\r]/u.test(text);
}

const TO_FILE =
	"Turn it into a file first with n8n's node 'Convert to File', operation 'Move Base64 String to File'.";

/**
 * A text that is another file, written down in characters.
 *
 * @param typeOf the type of bytes, where it is known
 */
export function writtenFile(
	text: string,
	typeOf: (bytes: Uint8Array) => string | undefined,
): { readonly what: string; readonly remedy: string } | undefined {
	const begin = text.trimStart().replace(/^["']/, '');
	if (/^data:[a-z0-9.+-]*\/?[a-z0-9.+-]*[;,]/i.test(begin)) {
		return {
			what: "a 'data:' address, which has a file written in it as text",
			remedy: `Take what stands behind its comma. ${TO_FILE}`,
		};
	}
	const letters = /^[A-Za-z0-9+/_-]*/.exec(begin.replace(/[\r\n]/g, ''))?.[0] ?? '';
	if (letters.length < 16) return undefined;
	const bytes = Buffer.from(letters.slice(0, letters.length - (letters.length % 4)), 'base64');
	const type = typeOf(bytes);
	const isTold = type !== undefined && !type.startsWith('text/') && type !== 'image/svg+xml';
	// A long run of letters and digits without a blank is no text that somebody wrote.
	if (
		!isTold &&
		!(letters.length >= 400 && /[A-Z]/.test(letters) && /[a-z]/.test(letters) && /\d/.test(letters))
	)
		return undefined;
	return { what: `the base64 text of a file${isTold ? ` (${type})` : ''}`, remedy: TO_FILE };
}
