import { moderationOperation } from '../media/moderation';

export const moderateVideo = moderationOperation('video', ['video', 'image', 'audio'], {
	name: 'Moderate Video',
	value: 'moderate',
	action: 'Moderate video',
	description: 'Check videos against your rules, and decide to allow, review or block them',
});
