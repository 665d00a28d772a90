import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import sharp from 'sharp';

export type Colour = 'red' | 'orange' | 'green' | 'blue' | 'white' | 'black';

const boatPath = join(__dirname, '../../examples/media/sailing-boat.mp4');

/** Small real files of each kind. What the sandbox says of one shows in its size, so no two need be alike. */
export const testMedia = {
	/** A picture of one colour. The default format is PNG. */
	async picture(
		width: number,
		height: number,
		{ colour = 'blue', format = 'png' }: { colour?: Colour; format?: 'png' | 'jpeg' | 'webp' | 'gif' } = {},
	): Promise<Buffer> {
		return await sharp({ create: { width, height, channels: 3, background: colour } })
			.toFormat(format)
			.toBuffer();
	},

	/** A WAV file of silence: 16-bit mono at 8,000 samples a second. */
	recording(seconds: number): Buffer {
		const dataLength = seconds * 16_000;
		const header = Buffer.alloc(44);
		header.write('RIFF', 0);
		header.writeUInt32LE(36 + dataLength, 4);
		header.write('WAVEfmt ', 8);
		header.writeUInt32LE(16, 16);
		header.writeUInt16LE(1, 20);
		header.writeUInt16LE(1, 22);
		header.writeUInt32LE(8_000, 24);
		header.writeUInt32LE(16_000, 28);
		header.writeUInt16LE(2, 32);
		header.writeUInt16LE(16, 34);
		header.write('data', 36);
		header.writeUInt32LE(dataLength, 40);
		return Buffer.concat([header, Buffer.alloc(dataLength)]);
	},

	/** An MP4 of four seconds, without sound. */
	async video(): Promise<Buffer> {
		return await readFile(boatPath);
	},

	/** A PDF of empty pages. */
	async document(pages: number): Promise<Buffer> {
		const document = await PDFDocument.create();
		// The same bytes at any time.
		document.setCreationDate(new Date(0));
		document.setModificationDate(new Date(0));
		for (let page = 0; page < pages; page++) document.addPage();
		return Buffer.from(await document.save());
	},
};
