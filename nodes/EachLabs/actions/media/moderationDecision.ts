import { judgementsIn } from './moderationJudgements';
import type { ModerationRules } from './moderationRules';

/** All but `allow` is flagged. */
export type Decision = 'allow' | 'review' | 'block';

export interface CategoryVerdict {
	readonly category: string;
	readonly verdict: Decision;
	/** From 0 to 1: how sure the model is that the rule is violated; null where it did not say. */
	readonly confidence: number | null;
	readonly reason: string;
}

export interface Moderation {
	/** The strictest verdict of all categories. */
	readonly decision: Decision;
	readonly categories: CategoryVerdict[];
}

/** Characters of `reasons`; more is in the categories. */
const MAX_REASONS_CHARACTERS = 1_000;

/**
 * Why it is not allowed, as a text that a person can forward: the strictest and surest first, categories with the same reason
 * together. '' for what is allowed.
 */
export function reasonsOf({ categories }: Moderation): string {
	const flagged = categories
		.filter(({ verdict }) => verdict !== 'allow')
		.sort((left, right) => severity(right) - severity(left));
	const byReason = new Map<string, string[]>();
	for (const { category, reason } of flagged) {
		byReason.set(reason, [...(byReason.get(reason) ?? []), category]);
	}
	const sentences = [...byReason].map(([reason, names]) =>
		asSentence(`${names.join(', ')}: ${reason.trim() || 'the model gave no reason'}`),
	);
	const text = sentences.join(' ');
	return text.length <= MAX_REASONS_CHARACTERS ? text : `${text.slice(0, MAX_REASONS_CHARACTERS - 1)}…`;
}

function severity({ verdict, confidence }: CategoryVerdict): number {
	return (verdict === 'block' ? 2 : 0) + (confidence ?? 0);
}

function asSentence(text: string): string {
	return /[.!?。！？…]$/.test(text) ? text : `${text}.`;
}

/**
 * The judgements of all answers together: the highest confidence that any of them gives a category counts. A category that
 * none judges, or that one judges in a way that can't be read, is `review` at least: only what was judged can be allowed.
 *
 * @returns `complaint` where a category could not be read, so that the model may be asked once more
 */
export function readModeration(
	texts: readonly string[],
	rules: ModerationRules,
): { readonly moderation: Moderation; readonly complaint?: string } {
	const judgements = texts.map((text) => judgementsIn(text, rules.categories));
	const complaints: string[] = [];
	const isUnreadable = judgements.every((found) => found.size === 0);
	const judged = rules.categories.map(({ name }): CategoryVerdict => {
		const said = judgements.flatMap((found) => found.get(name) ?? []);
		const readable = said.filter(({ confidence }) => confidence !== null);
		if (readable.length === 0 || said.some(({ hasUnreadable }) => hasUnreadable)) {
			complaints.push(
				said.length === 0
					? `there is no verdict for ${JSON.stringify(name)}`
					: `the confidence of ${JSON.stringify(name)} is no number from 0 to 1`,
			);
		}
		if (readable.length === 0) {
			if (isUnreadable) return unjudged(name, `${UNREADABLE}: it has no verdict for any category`);
			return unjudged(
				name,
				said.length === 0
					? 'The model gave no verdict for this category.'
					: "The model's confidence for this category could not be read.",
			);
		}
		const { confidence, reason } = readable.reduce((worst, next) =>
			(next.confidence ?? 0) > (worst.confidence ?? 0) ? next : worst,
		);
		const sure = confidence ?? 0;
		const verdict =
			sure >= rules.blockThreshold ? 'block' : sure >= rules.reviewThreshold ? 'review' : 'allow';
		const isDoubtful = verdict === 'allow' && said.some(({ hasUnreadable }) => hasUnreadable);
		return { category: name, verdict: isDoubtful ? 'review' : verdict, confidence, reason };
	});
	const isAtOdds = strictest(judged) === 'allow' && texts.some((text) => CALLED_BAD.test(text));
	const categories = isAtOdds ? judged.map((one) => ({ ...one, ...AT_ODDS })) : judged;
	return {
		moderation: { decision: strictest(categories), categories },
		...(complaints.length === 0 ? {} : { complaint: complaints.slice(0, 20).join('\n') }),
	};
}

/** Whether a text about several items has a graver judgement somewhere than the answers that were read from it. */
export function isGraver(
	text: string,
	answers: readonly unknown[],
	{ categories }: ModerationRules,
): boolean {
	const read = answers.map((answer) => judgementsIn(JSON.stringify(answer), categories));
	return [...judgementsIn(text, categories)].some(([name, { confidence }]) =>
		read.every((found) => (found.get(name)?.confidence ?? -1) < (confidence ?? -1)),
	);
}

/** What the provider refuses to look at is never an `allow`. */
export function blockedModeration(rules: ModerationRules, words: string): Moderation {
	const reason = `The provider did not judge it: ${words}`.slice(0, 300);
	return { decision: 'review', categories: rules.categories.map(({ name }) => unjudged(name, reason)) };
}

/** With files of the item that nobody looked at: what might be allowed is `review`, and the reasons name them. */
export function withUnseenFiles(moderation: Moderation, names: readonly string[]): Moderation {
	if (names.length === 0) return moderation;
	const said = `Not looked at: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}.`.slice(
		0,
		300,
	);
	const categories = moderation.categories.map(
		(one): CategoryVerdict => ({
			...one,
			verdict: one.verdict === 'allow' ? 'review' : one.verdict,
			reason: one.reason === '' ? said : `${one.reason} ${said}`,
		}),
	);
	return { decision: strictest(categories), categories };
}

/** A field of a model's own that says the contrary of low confidences. */
const CALLED_BAD =
	/["'“](?:(?:is_?)?(?:flagged|unsafe|blocked|violat(?:ed|es|ion)))["'”]\s*:\s*(?:true\b|["'“](?:true|yes)\b)|["'“](?:decision|verdict|action|rating|result|classification)["'”]\s*:\s*["'“](?:block(?:ed)?|reject(?:ed)?|flag(?:ged)?|unsafe|deny|denied|removed?|violat(?:es?|ed|ing|ions?)|nsfw|explicit|fail(?:ed|s)?|review|escalated?)\b(?![^"'”]{0,20}\b(?:none|no)\b)|["'“](?:(?:is_?)?(?:safe|allowed|approved))["'”]\s*:\s*(?:false\b|["'“](?:false|no)\b)|["'“]violations["'”]\s*:\s*\[\s*["'“](?!none\b|["'”])/i;
const AT_ODDS = {
	verdict: 'review',
	reason: "The model's answer calls it a violation, and gives low confidences for it.",
} as const;
const UNREADABLE = "The model's answer could not be read";

function unjudged(category: string, reason: string): CategoryVerdict {
	return { category, verdict: 'review', confidence: null, reason };
}

function strictest(categories: readonly CategoryVerdict[]): Decision {
	const verdicts = categories.map(({ verdict }) => verdict);
	if (verdicts.includes('block')) return 'block';
	return verdicts.includes('review') || verdicts.length === 0 ? 'review' : 'allow';
}
