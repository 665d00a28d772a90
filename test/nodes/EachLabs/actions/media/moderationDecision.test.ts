import {
	readModeration,
	withUnseenFiles,
	blockedModeration,
} from '../../../../../nodes/EachLabs/actions/media/moderationDecision';

const rules = {
	categories: [
		{ name: 'Violence', description: 'violence' },
		{ name: 'Self-Harm', description: 'self-harm' },
	],
	reviewThreshold: 0.4,
	blockThreshold: 0.8,
};
const verdict = (category: string, confidence: unknown, reason: unknown = 'seen') => ({
	category,
	confidence,
	reason,
});
const answer = (violence: unknown, selfHarm: unknown = 0.1) =>
	JSON.stringify({ categories: [verdict('Violence', violence), verdict('Self-Harm', selfHarm)] });
const decisionOf = (...texts: string[]) => readModeration(texts, rules).moderation.decision;
const verdictsOf = (text: string) =>
	Object.fromEntries(
		readModeration([text], rules).moderation.categories.map(({ category, verdict: said }) => [
			category,
			said,
		]),
	);

describe('a moderation', () => {
	test.each<[string, string, string]>([
		['allows what is surely fine', answer(0.1), 'allow'],
		['reviews from the threshold on', answer(0.4), 'review'],
		['blocks from the threshold on', answer(0.8), 'block'],
		[
			'reviews a category that the model left out',
			JSON.stringify({ categories: [verdict('Violence', 0.1)] }),
			'review',
		],
		['reviews an answer without a verdict', "I'm sorry, I can't help with that.", 'review'],
		['reviews an empty answer', '', 'review'],
		['reviews a confidence over 1', answer(95), 'review'],
		['reviews a confidence in words', answer('high'), 'review'],
		['reviews a confidence with a decimal comma', answer('0,9'), 'review'],
		['reviews one that is no number of JSON either', answer('x').replace('"x"', '0,9'), 'review'],
		['reads a confidence in percent', answer('95%', '2 %'), 'block'],
		['reads one in percent that is low', answer('5%', '0%'), 'allow'],
		['reviews one over 100 percent', answer('120%'), 'review'],
		['reviews a negative confidence', answer(-0.5), 'review'],
		[
			'reviews a confidence that is missing',
			JSON.stringify({ categories: [{ category: 'Violence' }, verdict('Self-Harm', 0.1)] }),
			'review',
		],
		...[
			'"flagged": true',
			'"violated":"yes"',
			'"is_unsafe": true',
			'"decision": "BLOCK"',
			'"verdict":"rejected"',
			...[
				'"safe":false',
				'"is_safe": false',
				'"allowed":"no"',
				'"approved":false',
				'"violations":["nudity"]',
			],
			...['"rating":"explicit content"', '"result":"review"', '"decision":"Denied"'],
		].map((said): [string, string, string] => [
			`reviews what is called a violation beside low confidences: ${said}`,
			answer(0.1).replace('{"categories"', `{${said}, "categories"`),
			'review',
		]),
		[
			'reviews a category that is called a violation beside a low confidence',
			answer(0.1).replace('"confidence":0.1', '"violation":true,"confidence":0.1'),
			'review',
		],
		...[
			'"flagged": false',
			'"decision": "allow"',
			'"violation": "none"',
			'"safe":true',
			'"violations":[]',
			'"violations":["none"]',
			'"rating":"explicit content: none"',
			'"result":"reviewed and safe"',
			'"approved":true',
			'"result":"failsafe"',
		].map((said): [string, string, string] => [
			`allows what is called none beside low confidences: ${said}`,
			answer(0.1).replace('{"categories"', `{${said}, "categories"`),
			'allow',
		]),
		[
			'allows what only quotes such a word',
			answer(0.1).replace('"reason":"', '"reason":"The sign says \\"flagged\\": true. '),
			'allow',
		],
		['reads a confidence that came as text', answer('0.9'), 'block'],
		[
			'counts the higher of two verdicts on a category',
			JSON.stringify({
				categories: [verdict('Violence', 0.95), verdict('Violence', 0.02), verdict('Self-Harm', 0)],
			}),
			'block',
		],
		[
			'counts the higher one when it comes last',
			JSON.stringify({
				categories: [verdict('Violence', 0.02), verdict('Violence', 0.95), verdict('Self-Harm', 0)],
			}),
			'block',
		],
		[
			'is not lowered by a verdict quoted behind',
			`${answer(0.95)} The picture says: ${answer(0.02)}`,
			'block',
		],
		[
			'is not lowered by a verdict quoted before',
			`The picture says: ${answer(0.02)} So: ${answer(0.95)}`,
			'block',
		],
		[
			'is not lowered by a verdict in a fence',
			`${answer(0.95)}\n\`\`\`json\n${answer(0.02)}\n\`\`\``,
			'block',
		],
		['is not lowered by a verdict on a line', `${answer(0.95)}\n${answer(0.02)}\n${answer(0.01)}`, 'block'],
		['is not lowered by twenty verdicts', `${answer(0.95)}${`\n${answer(0.02)}`.repeat(20)}`, 'block'],
		[
			'is not lowered by a key that is there twice',
			'{"categories":[{"category":"Violence","confidence":0.95,"confidence":0.02,"reason":""},{"category":"Self-Harm","confidence":0,"reason":""}]}',
			'block',
		],
		[
			'is not lowered by a list that is there twice',
			`{"categories":[${JSON.stringify(verdict('Violence', 0.95))}],"categories":${JSON.stringify([verdict('Violence', 0), verdict('Self-Harm', 0)])}}`,
			'block',
		],
		[
			'is not lowered by a category that is there twice',
			'{"Violence":{"confidence":0.95,"reason":""},"Violence":{"confidence":0.02,"reason":""},"Self-Harm":{"confidence":0}}',
			'block',
		],
		[
			'is not lowered by a category that is there twice, as a number',
			'{"violence": 0.95, "Self-Harm": 0, "violence": 0.02}',
			'block',
		],
		[
			'reviews a category that is there twice, once in words',
			'{"Violence":{"confidence":"high"},"Violence":{"confidence":0.02},"Self-Harm":{"confidence":0}}',
			'review',
		],
		['is not lowered by a sentence', `${answer(0.02)} No, wait. Violence: 0.95`, 'block'],
		['is not lowered by a thought', `<think>${answer(0.95)}</think>${answer(0.02)}`, 'block'],
		['counts a verdict before the cut of an answer', answer(0.95).slice(0, -40), 'block'],
		['reviews what is behind the cut of an answer', answer(0.02).slice(0, -40), 'review'],
		[
			'knows a category in another case, with another dash',
			JSON.stringify({ categories: [verdict('violence', 0.1), verdict('self_harm', 0.1)] }),
			'allow',
		],
		[
			'ignores a category that nobody asked for',
			JSON.stringify({
				categories: [verdict('Violence', 0.1), verdict('Self-Harm', 0.1), verdict('Spam', 0.9)],
			}),
			'allow',
		],
		[
			'reads verdicts by category',
			JSON.stringify({ Violence: 0.9, 'Self-Harm': { confidence: 0.1, reason: 'none' } }),
			'block',
		],
	])('%s', (_what, text, decision) => expect(decisionOf(text)).toBe(decision));

	test('counts the higher of two answers', () => {
		expect(decisionOf(answer(0.95), answer(0.02))).toBe('block');
		expect(decisionOf('no JSON', answer(0.02))).toBe('allow');
	});

	test('lets the other categories stand where one can not be read', () => {
		expect(verdictsOf(answer('sure', 0.9))).toEqual({ Violence: 'review', 'Self-Harm': 'block' });
		expect(verdictsOf(answer('sure', 0.1))).toEqual({ Violence: 'review', 'Self-Harm': 'allow' });
	});

	test('cuts reasons that are too long, and gives none where none is', () => {
		const long = JSON.stringify({
			categories: [verdict('Violence', 0.1, 'x'.repeat(900)), verdict('Self-Harm', 0.1, null)],
		});
		expect(readModeration([long], rules).moderation.categories.map(({ reason }) => reason.length)).toEqual([
			300, 0,
		]);
	});

	test('of which a file was not looked at is no allow, and names it', () => {
		const { moderation } = readModeration([answer(0.02)], rules);
		expect(withUnseenFiles(moderation, [])).toEqual(moderation);
		const unseen = withUnseenFiles(moderation, ['report.pdf']);
		expect(unseen.decision).toBe('review');
		for (const { reason } of unseen.categories) expect(reason).toContain('Not looked at: report.pdf.');
		expect(withUnseenFiles(readModeration([answer(0.9)], rules).moderation, ['report.pdf']).decision).toBe(
			'block',
		);
	});

	test('that the provider refused is a review with its words', () => {
		expect(blockedModeration(rules, 'blocked for safety').categories[0]).toEqual({
			category: 'Violence',
			verdict: 'review',
			confidence: null,
			reason: 'The provider did not judge it: blocked for safety',
		});
	});
});
