/** A fault of the API key in words; plain, so that the credential has it without the node's errors. */
type KeyFault = readonly [message: string, description: string];

/** What keeps a text from being an API key; undefined where it may be one. */
export function apiKeyFault(apiKey: string): KeyFault | undefined {
	if (apiKey === '') {
		return keyFault(
			'The Each Labs credential has no API key',
			'Open the credential and paste a key from your Each Labs dashboard.',
		);
	}
	// Quotes come along from a settings file.
	if (/[^\x21-\x7e]|["'`]/.test(apiKey)) {
		return keyFault(
			"The 'API Key' in the Each Labs credential holds a space, a line break or another character that no key has",
			'Copy the key again from your Each Labs dashboard, without anything around it.',
		);
	}
	return undefined;
}

function keyFault(...fault: KeyFault): KeyFault {
	return fault;
}
