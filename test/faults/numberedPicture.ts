import type { IBinaryData } from 'n8n-workflow';
import sharp from 'sharp';

import { storeBinary } from '../support/runNode';

const stored = new Map<number, Promise<IBinaryData>>();

export const PICTURE_HEIGHT = 30;

/** The width tells one picture from the other, also in what the sandbox says of it. */
export function widthOfPicture(number: number): number {
	return 40 + number;
}

/** A small PNG for each number, with a length of its own, in n8n's binary store; made once. */
export async function numberedPicture(number: number): Promise<IBinaryData> {
	const known = stored.get(number);
	if (known !== undefined) return await known;
	const picture = draw(number);
	stored.set(number, picture);
	return await picture;
}

async function draw(number: number): Promise<IBinaryData> {
	return await storeBinary(await drawPicture(number), `picture-${number}.png`, 'image/png');
}

/** The bytes of a number's picture; the same each time. */
export async function drawPicture(number: number): Promise<Buffer> {
	const background = { r: (number * 40) % 256, g: 90, b: 200 };
	const canvas = { width: widthOfPicture(number), height: PICTURE_HEIGHT, channels: 3, background } as const;
	return await sharp({ create: canvas }).png({ compressionLevel: 0 }).toBuffer();
}
