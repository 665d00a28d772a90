import { unitOf, type Operation } from '../operation';
import { readId } from '../fields/id';

export const deleteFile: Operation = {
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete file',
		description: 'Delete an uploaded file from Each Labs, at no cost',
	},
	fields: [
		{
			displayName: 'File ID',
			name: 'fileId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 0dce0f44-b8a5-4f30-91d4-5f6b0c221bf0',
			description: "The 'fileId' of an earlier output item",
		},
	],
	prepare: async (item) => {
		const fileId = readId(item, 'file');
		return unitOf(item.itemIndex, async () => {
			await item.session.client.deleteFile(fileId, item.session.callScope());
			return { json: { fileId, deleted: true } };
		});
	},
};
