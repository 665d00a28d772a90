import { isDeepStrictEqual } from 'node:util';

import { groupForms, type Form } from '../../sandbox/answer/forms';
import { askInGroups, shownOn } from '../support/askInGroups';
import { measure, type Form as Length, type Measure } from './PromiseRow';

const FORMS: ReadonlyArray<readonly [string, Form]> = [
	['numbered from 0', groupForms.numberedFrom(0)],
	['numbered from 2', groupForms.numberedFrom(2)],
	['numbered from 0, without tags', groupForms.numberedFromWithoutTags(0)],
	['numbered from 2, without tags', groupForms.numberedFromWithoutTags(2)],
	['renumbered after the first was left out', groupForms.renumberedWithout(1, 'kept')],
	['renumbered after the second was left out, without tags', groupForms.renumberedWithout(2)],
	['one too many', groupForms.oneTooMany],
	['shuffled', groupForms.shuffled],
	['with foreign tags', groupForms.withForeignTags],
	['cut short in words', groupForms.abridged],
];

/** G1: answers about several items whose entries can be taken for another item's. */
export async function measureForeignAnswers(length: Length): Promise<Measure> {
	const faults: string[] = [];
	let foreign = 0;
	let items = 0;
	for (const size of length === 'long' ? [2, 3, 7, 20] : [4]) {
		const { outputs } = await askInGroups(
			FORMS.map(([, form]) => form),
			size,
		);
		items += outputs.length;
		for (const [number, output] of outputs.entries()) {
			const isOwn = isDeepStrictEqual(output, shownOn(number));
			if (output !== undefined && !isOwn) foreign += 1;
			if (isOwn) continue;
			const [name] = FORMS[Math.floor(number / size)] ?? [''];
			faults.push(
				`${name}, item ${(number % size) + 1} of ${size}: ${output === undefined ? 'no result' : JSON.stringify(output)}`,
			);
		}
	}
	return measure(`${foreign} (${items} items, ${FORMS.length} forms)`, faults);
}
