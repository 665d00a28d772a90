import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import sharp from 'sharp';

const folder = join(__dirname, '../../examples/media');
const read = (name: string) => readFileSync(join(folder, name));
const pictures = readdirSync(folder).filter((name) => /\.(gif|jpe?g|png|webp)$/.test(name));

describe('the example media', () => {
	test('have pictures of three formats, all of them listed by the maker of the default model, each of its own size', async () => {
		const known = await Promise.all(pictures.map(async (name) => await sharp(join(folder, name)).metadata()));
		expect(new Set(known.map(({ format }) => format))).toEqual(new Set(['jpeg', 'png', 'webp']));
		expect(new Set(known.map(({ width, height }) => `${width}x${height}`)).size).toBe(pictures.length);
		expect(pictures.length).toBeGreaterThanOrEqual(8);
		expect(known.some(({ isProgressive }) => isProgressive)).toBe(true);
		expect(known.some(({ format, hasAlpha }) => format === 'png' && hasAlpha)).toBe(true);
		expect(known.some(({ width, height }) => height >= 3 * width)).toBe(true);
		expect(known.some(({ width, height }) => width >= 4 * height)).toBe(true);
	});

	test('have a picture that is one colour and nothing else', async () => {
		const { channels } = await sharp(join(folder, 'spacer.png')).stats();
		expect(channels.map(({ min, max }) => max - min)).toEqual([0, 0, 0]);
	});

	test.each([
		['sailing-boat.mp4', 4, 'ftyp'],
		['delivery-message.wav', 0, 'RIFF'],
		['inspection-report.pdf', 0, '%PDF-'],
	])('%s is what its name says', (name, position, mark) => expect(read(name).indexOf(mark)).toBe(position));

	test('have a video in H.264', () => expect(read('sailing-boat.mp4').includes('avc1')).toBe(true));

	test('are small enough for a repository', () => {
		const files = readdirSync(folder).filter((name) => extname(name) !== '');
		for (const name of files) expect(read(name).length).toBeLessThan(300_000);
	});
});
