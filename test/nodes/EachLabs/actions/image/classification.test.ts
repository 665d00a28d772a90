import { readAs } from '../../../../../nodes/EachLabs/core/answer/readings';
import { structuredAnswer } from '../../../../../nodes/EachLabs/core/answer/structuredAnswer';
import {
	classificationSchema,
	classificationTask,
	readClassification,
	type ClassificationRules,
} from '../../../../../nodes/EachLabs/actions/image/classification';

const rules = (names: string[], more: Partial<ClassificationRules> = {}): ClassificationRules => ({
	categories: names.map((name) => ({ name, description: '' })),
	multiLabel: false,
	allowOther: true,
	...more,
});
const SEVERAL = { multiLabel: true };
const answer = (...labels: Array<[label: unknown, confidence: unknown]>) =>
	JSON.stringify({ labels: labels.map(([label, confidence]) => ({ label, confidence })) });

function classified(text: string, given: ClassificationRules): unknown {
	const found = structuredAnswer(text, classificationSchema(given));
	return found.ok ? readClassification(found.value) : found.complaint;
}

describe('a classification', () => {
	test.each<[string, string, ClassificationRules, Record<string, number>]>([
		['gives the one label', answer(['cats', 0.9]), rules(['cats', 'dogs']), { cats: 0.9 }],
		[
			'gives several, the surest first',
			answer(['cats', 0.2], ['dogs', 0.9]),
			rules(['cats', 'dogs'], SEVERAL),
			{ dogs: 0.9, cats: 0.2 },
		],
		[
			'takes the higher confidence of a label that is named twice, where the lower is last',
			answer(['cats', 0.9], ['cats', 0.2]),
			rules(['cats', 'dogs'], SEVERAL),
			{ cats: 0.9 },
		],
		[
			'takes the higher confidence of a label that is named twice, where the higher is last',
			answer(['cats', 0.2], ['cats', 0.9]),
			rules(['cats', 'dogs'], SEVERAL),
			{ cats: 0.9 },
		],
		[
			'counts a label in two spellings as one',
			answer(['Cats', 0.2], ['“cats”.', 0.7], ['dogs', 0.5]),
			rules(['cats', 'dogs'], SEVERAL),
			{ cats: 0.7, dogs: 0.5 },
		],
		[
			'takes the surest of two where one is wanted',
			answer(['cats', 0.3], ['dogs', 0.8]),
			rules(['cats', 'dogs']),
			{ dogs: 0.8 },
		],
		[
			'takes a label that is named twice where one is wanted',
			answer(['cats', 0.3], ['cats', 0.8]),
			rules(['cats', 'dogs']),
			{ cats: 0.8 },
		],
		["knows the label 'other'", answer(['Other', 0.6]), rules(['cats']), { other: 0.6 }],
		[
			"takes a category called 'Other' for it",
			answer(['other', 0.6]),
			rules(['cats', 'Other']),
			{ Other: 0.6 },
		],
		[
			"takes both spellings for the one category called 'OTHER'",
			answer(['other', 0.6], ['Other', 0.7]),
			rules(['cats', 'OTHER'], SEVERAL),
			{ OTHER: 0.7 },
		],
	])('%s', (_what, text, given, confidences) => {
		expect(classified(text, given)).toEqual({ labels: Object.keys(confidences), confidences });
	});

	test.each<[string, string, ClassificationRules]>([
		['a label that was not asked for', answer(['birds', 0.9]), rules(['cats', 'dogs'])],
		[
			"the label 'other' where it is not allowed",
			answer(['other', 0.9]),
			rules(['cats'], { allowOther: false }),
		],
		['two labels that are equally sure', answer(['cats', 0.5], ['dogs', 0.5]), rules(['cats', 'dogs'])],
		['a confidence over 1', answer(['cats', 95]), rules(['cats', 'dogs'])],
		['a label without a confidence', answer(['cats', null]), rules(['cats', 'dogs'])],
		['no label', answer(), rules(['cats', 'dogs'])],
	])('is not read from %s', (_what, text, given) => {
		expect(classified(text, given)).toEqual(expect.any(String));
	});

	test("asks for one 'other' only, in the user's spelling", () => {
		const given = rules(['cats', 'Other']);
		expect(classificationTask(given)).toContain('If none fits, name "Other".');
		expect(JSON.stringify(classificationSchema(given).schema)).toContain('"enum":["cats","Other"]');
	});

	test('leaves two labels to the schema that are alike to a reader', () => {
		const given = rules(['red things', 'Red-Things'], SEVERAL);
		const { value } = readAs(classificationSchema(given), JSON.parse(answer(['RED THINGS', 0.9])));
		expect(value).toEqual({ labels: [{ label: 'RED THINGS', confidence: 0.9 }] });
	});
});
