/** Whatever the presign answer says, no credential goes to the storage host. */
export function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
	const refused = new Set([
		'authorization',
		'x-api-key',
		'cookie',
		'host',
		'content-length',
		'content-type',
		'transfer-encoding',
		'connection',
	]);
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !refused.has(name.toLowerCase())));
}
