import type {
	INodeParameterResourceLocator,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
} from 'n8n-workflow';

type Entry = Readonly<Record<string, unknown>>;

/** A parameter's value in Markdown, as the editor shows it: names in place of values, switches on or off. */
export function shownValue(property: INodeProperties, value: unknown): string {
	switch (property.type) {
		case 'boolean':
			return value === true ? 'on' : 'off';
		case 'options':
			return choiceName(property, value);
		case 'multiOptions':
			return (value as unknown[]).map((chosen) => choiceName(property, chosen)).join(', ') || 'empty';
		case 'resourceLocator': {
			const { value: id, cachedResultName } = value as INodeParameterResourceLocator;
			if (id === '') return 'empty';
			return cachedResultName === undefined ? code(String(id)) : `${cachedResultName} (${code(String(id))})`;
		}
		case 'resourceMapper': {
			const { value: fields } = value as { value: Entry | null };
			return (
				Object.entries(fields ?? {})
					.map(([name, field]) => `${code(name)} ${code(String(field))}`)
					.join(', ') || 'empty'
			);
		}
		case 'json':
			return code(JSON.stringify(JSON.parse(String(value))));
		case 'collection':
			return shownEntry(property.options as INodeProperties[], value as Entry);
		case 'fixedCollection':
			return shownEntries(property, value).join('; ') || 'empty';
		default:
			return value === '' || value === undefined ? 'empty' : code(String(value as string | number));
	}
}

/** The entries of a list of entries, each as `shownValue` would give it; those that are empty are left out. */
export function shownEntries(property: INodeProperties, value: unknown): string[] {
	return (property.options as INodePropertyCollection[])
		.flatMap(({ name, values }) =>
			[(value as Entry)[name] ?? []].flat().map((entry) => shownEntry(values, entry as Entry)),
		)
		.filter((entry) => entry !== '');
}

/** The choices of a list, in the order of the editor. */
export function choicesOf({ options = [] }: INodeProperties): INodePropertyOptions[] {
	return options as INodePropertyOptions[];
}

function choiceName(property: INodeProperties, value: unknown): string {
	return choicesOf(property).find((choice) => choice.value === value)?.name ?? code(String(value));
}

function shownEntry(fields: readonly INodeProperties[], entry: Entry): string {
	return fields
		.filter(({ name }) => entry[name] !== undefined && entry[name] !== '')
		.map((field) => `${field.displayName} ${shownValue(field, entry[field.name])}`)
		.join(', ');
}

function code(text: string): string {
	return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
