/** Leaves out what is undefined or empty. */
export function withQuery(
	path: string,
	query: Readonly<Record<string, string | number | undefined>>,
): string {
	const given = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== undefined && value !== '') given.set(name, String(value));
	}
	return `${path}?${given.toString()}`;
}
