import { moderationOperation } from '../media/moderation';

export const moderateImage = moderationOperation('image', ['image', 'document'], {
	name: 'Moderate Image',
	value: 'moderate',
	action: 'Moderate image',
	description: 'Check pictures against your rules: allow, review or block',
});
