import { moderationOperation } from '../media/moderation';

export const moderateVideo = moderationOperation('video', ['video', 'image', 'audio'], {
	name: 'Moderate Video',
	value: 'moderate',
	action: 'Moderate video',
	description: 'Check videos against your rules: allow, review or block',
});
