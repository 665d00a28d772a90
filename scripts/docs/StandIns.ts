const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** By the name of the field. */
const TIMES: Readonly<Record<string, number | string>> = {
	predictTime: 9.4,
	createdAt: '2026-08-21T09:30:00.000Z',
	completedAt: '2026-08-21T09:30:09.400Z',
	expiresAt: '2026-08-21T10:30:00.000Z',
};

/** Puts the same value in place of each one that is another in every run, so that a page changes only when the node does. */
export class StandIns {
	private readonly ids = new Map<string, string>();

	/** @param texts what to replace within texts, e.g. addresses */
	constructor(private readonly texts: ReadonlyMap<string, string>) {}

	/** @param value of JSON; ids get their stand-ins in the order in which they are first seen here */
	in<Value>(value: Value): Value {
		return this.replaced(value) as Value;
	}

	private replaced(value: unknown): unknown {
		if (typeof value === 'string') return this.inText(value);
		if (Array.isArray(value)) return value.map((entry) => this.replaced(entry));
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, field]) => [
				name,
				typeof field === typeof TIMES[name] ? TIMES[name] : this.replaced(field),
			]),
		);
	}

	private inText(text: string): string {
		return [...this.texts]
			.reduce((replaced, [volatile, standIn]) => replaced.replaceAll(volatile, standIn), text)
			.replace(UUID, (id) => this.standInOf(id));
	}

	private standInOf(id: string): string {
		const standIn =
			this.ids.get(id) ?? `0dce0f44-b8a5-4f30-91d4-5f6b0c221b${String(this.ids.size + 1).padStart(2, '0')}`;
		this.ids.set(id, standIn);
		return standIn;
	}
}
