import { MEDIA_KINDS } from '../../core/media/media';
import { fileSources } from '../fileSource';
import { settled, unitOf, type Operation } from '../operation';
import { optionsCollection } from '../fields/optionsCollection';
import { fileNamesField } from '../fields/sources';

/** For the files of an item, however slow the line is; a line that does not move at all is left sooner. */
const UPLOAD_TIME_SECONDS = 3_600;

export const uploadFile: Operation = {
	option: {
		name: 'Upload',
		value: 'upload',
		action: 'Upload file',
		description: 'Upload files to Each Labs and get their web addresses for models, at no cost',
	},
	fields: [
		{
			displayName:
				"The file stays at Each Labs after the run, until 'Upload Retention' ends or you delete it. Until then, anyone who has its address can read it.",
			name: 'uploadNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: "An AI Agent can't hand files to a tool, so there is nothing to upload here.",
			name: 'toolInputNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { '@tool': [true] } },
		},
		{
			...fileNamesField,
			required: true,
			hint: 'The name of the input field that holds the file',
			description:
				"You find the name on the 'Binary' tab of the input panel. With several names, separated by commas, or * for all files of the item that models read, the output has a list 'files'. With *, files of other kinds, e.g. CSV, are left out.",
		},
		optionsCollection(['uploadRetention'], {
			uploadRetention: 'How many seconds Each Labs keeps the file. After that, Each Labs deletes it.',
		}),
	],
	prepare: async (item) => {
		const { functions, itemIndex, session } = item;
		const fieldNames: unknown = functions.getNodeParameter('binaryPropertyName', itemIndex, 'data');
		const { sources } = await fileSources(item, fieldNames, {
			kind: 'document',
			accepted: MEDIA_KINDS,
			maxWait: UPLOAD_TIME_SECONDS,
		});
		return unitOf(itemIndex, async () => {
			const { uploads } = session;
			const files = await Promise.all(sources.map(async (source) => await source.identified()));
			const ledgerItem = await session.ledgerItem(itemIndex, async () => [
				{ uploads: files.map(({ identity }) => identity) },
			]);
			const scope = session.scope(UPLOAD_TIME_SECONDS);
			const uploaded =
				ledgerItem.uploads ??
				// Each is waited for, so that none is still on its way when those of an item that failed are deleted.
				(
					await Promise.all(
						files.map(
							async (file, index) =>
								await settled(uploads.uploadApart(file, sources[index]?.label ?? '', scope)),
						),
					)
				).map((result) => {
					if (!result.ok) throw result.error;
					return result.value;
				});
			const outputs = uploaded.map(({ id, publicUrl, expiresAt }, index) => ({
				fileId: id,
				url: publicUrl,
				fileName: files[index]?.name || null,
				mimeType: files[index]?.contentType,
				fileSize: files[index]?.byteLength,
				expiresAt,
			}));
			const isList = typeof fieldNames === 'string' ? /[,*]/.test(fieldNames) : sources.length > 1;
			return {
				json: isList ? { files: outputs } : { ...outputs[0] },
				onHandedOver: () => {
					uploads.deletion.release(uploaded);
					ledgerItem.uploads = uploaded;
				},
			};
		});
	},
};
