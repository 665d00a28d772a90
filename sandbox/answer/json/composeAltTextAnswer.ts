import { isJsonObject, type JsonSchema, type JsonValue } from './JsonValue';
import type { Subject } from './Subject';

/**
 * The answer `{altText, decorative}`, or `{altTexts, decorative}` with a text by language; the alt text is that of the prose.
 *
 * @returns null when the schema is of another form
 */
export function composeAltTextAnswer(schema: JsonSchema, { prose }: Subject): JsonValue | null {
	if (!isJsonObject(schema) || !isJsonObject(schema.properties)) return null;
	const { altText, altTexts, decorative } = schema.properties;
	const isDecorative = prose === 'DECORATIVE';
	const text = isDecorative ? '' : prose;
	const flag: Record<string, JsonValue> = decorative === undefined ? {} : { decorative: isDecorative };
	if (altText !== undefined) return { altText: text, ...flag };
	if (!isJsonObject(altTexts) || !isJsonObject(altTexts.properties)) return null;
	const languages = Object.keys(altTexts.properties);
	return { altTexts: Object.fromEntries(languages.map((language) => [language, text])), ...flag };
}
