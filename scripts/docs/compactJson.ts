const WIDTH = 100;

/** JSON with each object and list on one line where it fits, else an entry a line. */
export function compactJson(value: unknown, indent = '', room = WIDTH): string {
	const line = oneLine(value);
	if (typeof value !== 'object' || value === null || indent.length + line.length <= room) return line;
	const deeper = `${indent}  `;
	const lines = Array.isArray(value)
		? value.map((entry) => `${deeper}${compactJson(entry, deeper)}`)
		: Object.entries(value).map(([name, field]) => {
				const key = `${JSON.stringify(name)}: `;
				return `${deeper}${key}${compactJson(field, deeper, WIDTH - key.length)}`;
			});
	const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
	return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function oneLine(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${oneLine(field)}`);
	return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
