import { isDeepStrictEqual } from 'node:util';

import { jsonInText } from '../../nodes/EachLabs/core/answer/jsonInText';
import { timeWorstTexts } from '../support/timeWorstTexts';
import { measure, type Form, type Measure } from './PromiseRow';

const MAX_MS = 20;
/** In every test run, beside other work: only what grows faster than the text would take so long. */
const MAX_MS_IN_TESTS = 500;

const HOSTILE = [
	'{"__proto__": {"polluted": true}}',
	'{"constructor": {"prototype": {"polluted": true}}}',
	"{'__proto__': {'polluted': true},}",
	'```json\n[{"a": {"__proto__": {"polluted": true}}}]\n```',
	'{__proto__: {polluted: true}',
];

/** S3: time of the processor, so that it does not matter what else the machine does; of each text, the quickest run. */
export function measureWorstTexts(form: Form): Measure {
	const before = Object.getOwnPropertyDescriptors(Object.prototype) as Record<
		PropertyKey,
		PropertyDescriptor
	>;
	const texts = timeWorstTexts(form === 'long' ? 15 : 7);
	for (const text of HOSTILE) jsonInText(text);
	const after = Object.getOwnPropertyDescriptors(Object.prototype) as Record<PropertyKey, PropertyDescriptor>;
	const keys = new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(after)]);
	const changes = [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key])).length;
	const [worst] = texts;
	const maxMs = form === 'long' ? MAX_MS : MAX_MS_IN_TESTS;
	return measure(
		`${(worst?.ms ?? NaN).toFixed(1)} ms (${worst?.label ?? 'no text'}, worst of ${texts.length} texts); ${changes}`,
		[
			...texts
				.filter(({ ms }) => ms > maxMs)
				.map(({ label, ms }) => `64 KB of ${label}: ${ms.toFixed(1)} ms`),
			...(changes > 0 ? [`${changes} keys of Object.prototype were changed`] : []),
		],
	);
}
