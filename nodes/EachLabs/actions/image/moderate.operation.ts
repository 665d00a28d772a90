import { moderationOperation } from '../media/moderation';

export const moderateImage = moderationOperation('image', ['image', 'document'], {
	name: 'Moderate Image',
	value: 'moderate',
	action: 'Moderate image',
	description: 'Check images against your rules, and decide to allow, review or block them',
});
