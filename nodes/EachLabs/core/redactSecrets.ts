const SIGNED_QUERY =
	/([?&](?:x-amz-[a-z-]{1,40}|x-goog-[a-z-]{1,40}|signature|sig|token|awsaccesskeyid|key-pair-id|policy)=)[^&\s"'<>]+/gi;
const AUTHORIZATION = /\b(bearer\s+|x-api-key["']?\s*[:=]\s*["']?)[^\s"',}]+/gi;
const HIDDEN = '[hidden]';
/** A shorter secret would blank out ordinary words. */
const MIN_LENGTH = 4;
/** A shorter secret is hidden only where it stands alone: as a part of longer words it occurs by chance. */
const MIN_LENGTH_WITHIN_WORDS = 8;
const MAX_REMEMBERED = 200;
const ENTITY_NAMES: Readonly<Record<string, string>> = {
	'&': 'amp',
	'<': 'lt',
	'>': 'gt',
	'"': 'quot',
	"'": 'apos',
};

/** The written forms of each secret that this process has read, the one that was read last at the end. */
const remembered = new Map<string, readonly RegExp[]>();

/**
 * From now on the secret is hidden in every text that this process redacts. The newest 200 are remembered: a credential is read
 * again by each execution that uses it.
 */
export function rememberSecret(secret: string): void {
	const forms = remembered.get(secret) ?? writtenForms(secret);
	remembered.delete(secret);
	remembered.set(secret, forms);
	const [oldest] = remembered.keys();
	if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}

/**
 * Replaces every form in which a secret may turn up in somebody else's text: as it is, URL-encoded in part or as a whole, escaped
 * in JSON or HTML, in Base64 and Base64url, also as a part of what was encoded; and the signing parts of any URL. Linear in the
 * length of the text.
 *
 * @param secrets hidden beside those that were remembered
 */
export function redactSecrets(text: string, secrets: readonly string[] = []): string {
	// The secrets first: a part of one may look like the end of a signature.
	return [...secrets.map(writtenForms), ...remembered.values()]
		.flat()
		.reduce((clean, form) => clean.replace(form, HIDDEN), text)
		.replace(SIGNED_QUERY, `$1${HIDDEN}`)
		.replace(AUTHORIZATION, `$1${HIDDEN}`);
}

function writtenForms(secret: string): RegExp[] {
	if (secret.length < MIN_LENGTH) return [];
	if (secret.length < MIN_LENGTH_WITHIN_WORDS)
		return [new RegExp(`(?<![\\p{L}\\p{N}_])${spelled(secret)}(?![\\p{L}\\p{N}_])`, 'gu')];
	return [new RegExp(spelled(secret), 'g'), ...base64Forms(secret)];
}

/** Each character as it is, escaped by a backslash, percent-encoded (also more than once), or as an entity of HTML. */
function spelled(secret: string): string {
	return [...secret]
		.map((character) => {
			const percentEncoded = [...Buffer.from(character, 'utf8')]
				.map((byte) => `%(?:25)*${inAnyCase(byte.toString(16).padStart(2, '0'))}`)
				.join('');
			const codePoint = character.codePointAt(0) ?? 0;
			const unicodeEscaped = Array.from(
				{ length: character.length },
				(_, unit) => `\\\\u${inAnyCase(character.charCodeAt(unit).toString(16).padStart(4, '0'))}`,
			).join('');
			const entities = [
				`#0*${codePoint}`,
				`#[xX]0*${inAnyCase(codePoint.toString(16))}`,
				...(ENTITY_NAMES[character] === undefined ? [] : [ENTITY_NAMES[character]]),
			];
			return `(?:\\\\?${escaped(character)}|${percentEncoded}|${unicodeEscaped}|&(?:amp;)*(?:${entities.join('|')});)`;
		})
		.join('');
}

function inAnyCase(hex: string): string {
	return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/**
 * Base64 writes three bytes as four characters, so that a secret looks different at each of three offsets. The characters at its
 * ends that also hold bits of its neighbours can't be told; they hold at most four bits of the secret each.
 */
function base64Forms(secret: string): RegExp[] {
	return [0, 1, 2].map((offset) => {
		const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret, 'utf8')]);
		const own = bytes
			.toString('base64')
			.slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
		return new RegExp(`${own.replace(/[+/]/g, (character) => (character === '+' ? '[+-]' : '[/_]'))}=*`, 'g');
	});
}

function escaped(character: string): string {
	return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}
