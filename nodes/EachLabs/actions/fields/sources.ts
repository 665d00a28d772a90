import type { INodeProperties } from 'n8n-workflow';

import type { MediaKind } from '../../core/media/media';
import { capitalized } from '../../core/words';

/** Which binary fields hold the files; what that means is said by each operation that has it. */
export const fileNamesField = {
	displayName: 'Input Data Field Name(s)',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	placeholder: 'e.g. data',
} as const satisfies INodeProperties;

const COMMON_ENDINGS: Readonly<Record<MediaKind, string>> = {
	image: 'jpg',
	video: 'mp4',
	audio: 'mp3',
	document: 'pdf',
};

/** The parameter that takes addresses of files of a kind. */
export function urlParameter(kind: MediaKind): { readonly name: string; readonly displayName: string } {
	return { name: `${kind}Urls`, displayName: `${capitalized(kind)} URL(s)` };
}

/**
 * Where an item's files come from: its binary fields, or addresses. A tool of an AI Agent gets no files, so there the same
 * parameter stands at addresses unless it is set.
 *
 * @param severalFiles says how several files are given
 */
export function sourceFields(
	kind: MediaKind,
	severalFiles = 'For several files, name them with commas, or write * for all.',
): INodeProperties[] {
	const url = urlParameter(kind);
	const inputType: INodeProperties = {
		displayName: 'Input Type',
		name: 'inputType',
		type: 'options',
		options: [
			{
				name: 'Binary File(s)',
				value: 'binary',
				description: 'Files of the input item, which are uploaded to Each Labs for the run',
			},
			{
				name: url.displayName,
				value: 'url',
				description: 'Files that are on the web, which Each Labs fetches from there',
			},
		],
		default: 'binary',
		description: 'Where the files come from',
	};
	return [
		{ ...inputType, displayOptions: { show: { '@tool': [false] } } },
		{ ...inputType, default: 'url', displayOptions: { show: { '@tool': [true] } } },
		{
			displayName: `An AI Agent hands a tool addresses, not files: leave 'Input Type' at ${url.displayName}. Click the sparkles beside '${url.displayName}' to let the agent's model fill it in.`,
			name: 'toolInputNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { '@tool': [true] } },
		},
		{
			...fileNamesField,
			required: true,
			hint: `The name of the input field that holds the file. ${severalFiles} Each is uploaded to a public address, and deleted after the run.`,
			description:
				"You find the name on the 'Binary' tab of the input panel. * stands for all files of the item that this operation reads. Until the run ends, anyone who has the address of an uploaded file can read it.",
			displayOptions: { show: { inputType: ['binary'] } },
		},
		{
			displayName: url.displayName,
			name: url.name,
			type: 'string',
			required: true,
			default: '',
			placeholder: `e.g. https://example.com/${kind}.${COMMON_ENDINGS[kind]}`,
			description:
				'Web address of the file, which must open without a login. Separate several with commas, or use an expression that gives a list.',
			displayOptions: { show: { inputType: ['url'] } },
		},
	];
}
