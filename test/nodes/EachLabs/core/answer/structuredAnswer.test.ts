import { AnswerSchema } from '../../../../../nodes/EachLabs/core/schema/AnswerSchema';
import { structuredAnswer } from '../../../../../nodes/EachLabs/core/answer/structuredAnswer';
import { answerSchemas, modelAnswers } from './modelAnswers';

describe.each(Object.entries(modelAnswers))('An answer of a model: %s', (_, answers) => {
	test.each(answers.map((answer) => [answer.label, answer] as const))(
		'%s',
		(_label, { schema, text, expected }) => {
			const answer = structuredAnswer(text, AnswerSchema.fromJsonSchema(answerSchemas[schema], 'The schema'));
			if ('complaint' in expected) {
				expect(answer).toEqual({ ok: false, complaint: expected.complaint.join('\n') });
			} else {
				expect(answer).toEqual({ ok: true, ...expected });
			}
		},
	);
});

test('The table has every kind of damage in some number', () => {
	expect(Object.values(modelAnswers).flat().length).toBeGreaterThanOrEqual(120);
	expect(Math.min(...Object.values(modelAnswers).map(({ length }) => length))).toBeGreaterThanOrEqual(4);
});

test.each(['1.299,50', '1,299.50', '12,5', '1 299', "1'299"])(
	'a number with separators and without quotes is named: %s',
	(number) => {
		const schema = AnswerSchema.fromJsonSchema(
			{ type: 'object', properties: { price: { type: 'number' } }, required: ['price'] },
			'schema',
		);
		for (const text of [`{"price": ${number}}`, `{"price":${number},"title":"x"}`]) {
			expect(structuredAnswer(text, schema)).toEqual({
				ok: false,
				complaint: `The answer has ${number}, which is no JSON: a number is written without separators, with a point before its decimals.`,
			});
		}
	},
);

describe('What is wrong with an answer that is no JSON is called by its name:', () => {
	const schema = AnswerSchema.fromJsonSchema({ type: 'object', required: ['z'] }, 'schema');
	const complaintOn = (text: string): string => {
		const answer = structuredAnswer(text, schema);
		return answer.ok ? '' : answer.complaint;
	};

	test.each([
		['{"path":"C:\\new\\data"}'],
		['Here it is: {"path":"C:\\new\\data"} Anything else?'],
		['```json\n{"path":"C:\\new\\data"}\n```'],
		['{"d":"x", y","c":1}'],
		['{"d":"An "old", green chair"}'],
		['{"d" "x", "c":1}'],
		['Here: {"d":"x", y","c":1} Anything else?'],
		['{"d":1]}'],
		['[38 39 40]'],
		['[red green blue]'],
		['{"d":"x" y z, "c":"1}'],
		['{"d":"x, y}'],
		['```json\n{"d":"x, y}\n```'],
		['{"d":[{"e":1, f","g":2}]}'],
		['{"d":x", "c":1}'],
	])('broken, %s', (text) => {
		expect(complaintOn(text)).toBe(
			'The answer is no JSON from some place on, and can be read in more than one way there.',
		);
	});

	test.each([
		['{"d":"x","c":"y'],
		['{"d":"x","c":'],
		['{"d":[1,2'],
		["{'d':'x','c"],
		['```json\n{"d":"x","c":"y'],
		['Sure: {"d":"x","c":[1, 2,'],
		['{"d":["red", ...]}'],
	])('cut off, %s', (text) => {
		expect(complaintOn(text)).toBe('The answer was cut off before its end, so that parts of it are missing.');
	});

	test.each([[''], ['It is a dog.'], ['See [the page](x) {name} and [note].']])('none, %s', (text) => {
		expect(complaintOn(text)).toBe('The answer holds no JSON object or list.');
	});
});
