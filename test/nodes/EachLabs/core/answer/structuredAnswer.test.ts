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
