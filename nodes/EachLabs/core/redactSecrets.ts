const SIGNED_QUERY =
	/([?&](?:x-amz-[a-z-]{1,40}|x-goog-[a-z-]{1,40}|signature|sig|token|awsaccesskeyid|key-pair-id|policy)=)[^&\s"'<>]+/gi;
const AUTHORIZATION = /\b(bearer\s+|x-api-key["']?\s*[:=]\s*["']?)[^\s"',}]+/gi;
const HIDDEN = '[hidden]';

/**
 * Replaces every form in which a secret may turn up in somebody else's text: as it is, URL-encoded in part or as a whole, escaped
 * in JSON, in Base64 and Base64url, also as a part of what was encoded; and the signing parts of any URL. Linear in the length of
 * the text.
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
	// The secrets first: a part of one may look like the end of a signature.
	return secrets
		.flatMap(writtenForms)
		.reduce((clean, form) => clean.replace(form, HIDDEN), text)
		.replace(SIGNED_QUERY, `$1${HIDDEN}`)
		.replace(AUTHORIZATION, `$1${HIDDEN}`);
}

function writtenForms(secret: string): RegExp[] {
	// A secret of one or two characters would blank out ordinary words.
	if (secret.length < 4) return [];
	return [spelledForm(secret), ...base64Forms(secret)];
}

/** Each character as it is, escaped by a backslash, or percent-encoded. */
function spelledForm(secret: string): RegExp {
	const spelled = [...secret].map((character) => {
		const percentEncoded = [...Buffer.from(character, 'utf8')]
			.map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
			.map((code) => code.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`))
			.join('');
		return `(?:\\\\?${escaped(character)}|${percentEncoded})`;
	});
	return new RegExp(spelled.join(''), 'g');
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
