import { readFile } from 'node:fs/promises';
import { PDFDocument } from 'pdf-lib';

import type { MediumDescription } from './MediumDescription';
import { readStart } from './readStart';

const tokensPerPage = 258;

/** Whether the file says that it is a PDF; readers accept the mark anywhere in the first 1,024 bytes. */
export async function isPdf(path: string): Promise<boolean> {
	return (await readStart(path, 1024)).includes('%PDF-');
}

/**
 * Pages and title of a PDF.
 *
 * @throws When the document can't be read.
 */
export async function describeDocument(path: string, byteLength: number): Promise<MediumDescription> {
	const document = await PDFDocument.load(await readFile(path), {
		ignoreEncryption: true,
		updateMetadata: false,
	});
	const pages = document.getPageCount();
	const title = document.getTitle()?.trim();
	const called = title ? `, titled "${title.slice(0, 120)}"` : ', without a title';
	const length = `${pages.toLocaleString('en-US')} ${pages === 1 ? 'page' : 'pages'}`;
	return {
		kind: 'document',
		full: `a PDF document of ${length} and ${byteLength.toLocaleString('en-US')} bytes${called}`,
		brief: `a PDF document of ${length}${called}`,
		decorative: false,
		colours: [],
		format: 'PDF',
		byteLength,
		pages,
		...(title ? { title } : {}),
		tokens: pages * tokensPerPage,
	};
}
