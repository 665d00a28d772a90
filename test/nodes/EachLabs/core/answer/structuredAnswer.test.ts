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
