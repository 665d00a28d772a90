import { followUpPrompt, readTurns, type Turn } from './conversation';
import type { MediaKind } from '../../core/media/media';
import type { Operation } from '../operation';
import { readItemOptions } from '../fields/optionsCollection';
import { checkReachable } from '../fields/reachable';
import { sourceFields } from '../fields/sources';
import { textField, readText } from '../fields/text';
import { answeredText } from './answeredText';
import { mediaOperation } from './mediaOperation';
import { capitalized } from '../../core/words';

const COMPARING =
	"To compare files of an item, name them with commas, or write * for all. To compare those of several items, add the option 'Combine Items'.";

export const analyzeAudio = analyze('audio', 'Answer questions about one or more recordings');
export const analyzeDocument = analyze('document', 'Answer questions about one or more PDF documents');
export const analyzeImage = analyze('image', 'Answer questions about one or more images, or compare them');
export const analyzeVideo = analyze('video', 'Answer questions about one or more videos, or summarize them');

/** Asking a question about media of a kind, alone or as a follow-up to an earlier one. */
function analyze(kind: MediaKind, description: string): Operation {
	return mediaOperation({
		kind,
		accepted: ['image', 'video', 'audio', 'document'],
		option: {
			name: `Analyze ${capitalized(kind)}`,
			value: 'analyze',
			action: `Analyze ${kind}`,
			description,
		},
		canCombine: true,
		fields: [textField(`What's in this ${kind}?`), ...sourceFields(kind, COMPARING)],
		options: ['callbackUrl', 'combineItems', 'history', 'includeConversation', 'waitForResult'],
		ask: (item) => {
			const text = readText(item);
			const { history, includeConversation, systemInstruction } = readItemOptions(item);
			const turns = readTurns(history);
			// A follow-up question may compare with what was sent before.
			if (turns.length === 0) item.session.fileNotes.noteQuestion(item.itemIndex, text);
			checkReachable(item, { media: turns.map(({ media }) => media) }, () => "option 'History'");
			const { prompt, kept } = followUpPrompt(turns, text, systemInstruction?.length);
			if (kept.length < turns.length) {
				const left = turns.length - kept.length;
				item.session.addHint(
					`The conversation was too long for the model, so its oldest ${left === 1 ? 'turn was' : `${left} turns were`} left out.`,
				);
			}
			return {
				task: prompt,
				earlierMedia: kept.flatMap(({ media }) => media ?? []),
				isFollowUp: kept.length > 0,
				read: (answer, media) => {
					const answered = answeredText(answer);
					if (!includeConversation) return { text: answered };
					const asked: Turn = { role: 'user', text, ...(media.length === 0 ? {} : { media }) };
					const conversation = [...turns, asked, { role: 'model', text: answered }];
					return { text: answered, conversation: conversation.map((turn) => ({ ...turn })) };
				},
			};
		},
	});
}
