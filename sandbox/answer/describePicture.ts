import sharp, { type Metadata } from 'sharp';

import { inWords } from './inWords';
import type { MediumDescription } from './MediumDescription';
import { nameColour } from './nameColour';

// A picture is decoded once, so there is no use in libvips keeping the last 50 MB of them.
sharp.cache(false);

/** Side of the sample that the colours are counted in, in pixels. A picture that is no larger is looked at whole. */
const sampleSide = 64;
/** What each tile of a picture costs, in tokens, and its side in pixels: as vision models of this kind count. */
const tileTokens = 258;
const tileSide = 768;

/** The header of a picture, or null when the bytes are none that `sharp` knows (SVG counts as text). */
export async function readPictureHeader(path: string): Promise<Metadata | null> {
	try {
		const header = await sharp(path).metadata();
		return header.format === 'svg' ? null : header;
	} catch {
		return null;
	}
}

/**
 * Format, size as seen (the camera's rotation applied) and up to three main colours.
 *
 * @throws When the pixels can't be decoded, as in a file that was cut off.
 */
export async function describePicture(
	path: string,
	header: Metadata,
	byteLength: number,
): Promise<MediumDescription> {
	const { width, height } = header.autoOrient;
	// Without shrinking on load every pixel is decoded: only then does a file that was cut off show.
	const { data, info } = await sharp(path)
		.ensureAlpha()
		.resize(sampleSide, sampleSide, {
			fit: 'fill',
			kernel: 'nearest',
			withoutEnlargement: true,
			fastShrinkOnLoad: false,
		})
		.toColourspace('srgb')
		.raw()
		.toBuffer({ resolveWithObject: true });
	const { colours, uniform } = countColours(data, info.channels);

	const format = header.format === 'heif' ? 'AVIF' : header.format.toUpperCase();
	const article = format === 'AVIF' ? 'an' : 'a';
	const mainly = `${colours.length > 1 ? 'mainly ' : 'all '}${inWords(colours)}`;
	const size = `${width}×${height} pixels`;
	return {
		kind: 'picture',
		full: `${article} ${format} picture of ${size} and ${byteLength.toLocaleString('en-US')} bytes, ${mainly}`,
		brief: `${article} ${format} picture of ${size}, ${mainly}`,
		decorative: uniform && (Math.max(width, height) <= 64 || Math.min(width, height) <= 8),
		colours,
		format,
		byteLength,
		width,
		height,
		tokens: Math.ceil(width / tileSide) * Math.ceil(height / tileSide) * tileTokens,
	};
}

function countColours(pixels: Buffer, channels: number): { colours: string[]; uniform: boolean } {
	const counts = new Map<string, number>();
	let uniform = true;
	for (let at = 0; at + channels <= pixels.length; at += channels) {
		const [red = 0, green = 0, blue = 0, alpha = 255] = pixels.subarray(at, at + channels);
		const name = alpha < 32 ? 'transparent' : nameColour(red, green, blue);
		counts.set(name, (counts.get(name) ?? 0) + 1);
		uniform &&= pixels.compare(pixels, 0, channels, at, at + channels) === 0;
	}
	const total = pixels.length / channels;
	const ranked = [...counts].sort(([, one], [, other]) => other - one);
	const main = ranked.filter(([, count], rank) => rank === 0 || count / total >= 0.08).slice(0, 3);
	return { colours: main.map(([name]) => name), uniform };
}
