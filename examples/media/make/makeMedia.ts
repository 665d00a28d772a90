/**
 * Makes the files of examples/media again: `npx tsx examples/media/make/makeMedia.ts`.
 *
 * The files are committed, so nobody needs this to run the examples. The video needs `ffmpeg` with libx264 and the
 * speech `espeak-ng`, as Debian packages them; the chart's lettering needs the font DejaVu Sans.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument, rgb, StandardFonts, type PDFFont, type PDFPage } from 'pdf-lib';
import sharp, { type Sharp } from 'sharp';

const mediaFolder = join(__dirname, '..');
const media = (name: string) => join(mediaFolder, name);
const scene = (name: string, width: number) =>
	sharp(join(__dirname, 'scenes', `${name}.svg`), { density: 288 }).resize({ width });

/** Formats and sizes differ on purpose: progressive and plain JPEG, PNG with and without alpha, WebP, tall, wide. */
const pictures: Record<string, () => Sharp> = {
	'cat-on-windowsill.png': () =>
		scene('cat-on-windowsill', 480).removeAlpha().png({ palette: true, colours: 64 }),
	'fruit-bowl.jpg': () => scene('fruit-bowl', 900).flatten().jpeg({ quality: 84 }),
	'lighthouse.webp': () => scene('lighthouse', 1280).removeAlpha().webp({ quality: 82 }),
	'mountain-panorama.webp': () => scene('mountain-panorama', 2400).removeAlpha().webp({ quality: 82 }),
	'quarterly-sales.png': () =>
		scene('quarterly-sales', 1000).removeAlpha().png({ palette: true, colours: 64 }),
	'red-bicycle.jpg': () => scene('red-bicycle', 1200).flatten().jpeg({ quality: 82, progressive: true }),
	'running-shoe.png': () => scene('running-shoe', 1000).png({ compressionLevel: 9 }),
	'spacer.png': () => sharp({ create: { width: 16, height: 16, channels: 3, background: '#f4f4f4' } }).png(),
	'street-at-night.jpeg': () => scene('street-at-night', 800).flatten().jpeg({ quality: 84 }),
	'waterfall.jpg': () => scene('waterfall', 600).flatten().jpeg({ quality: 82, progressive: true }),
};

async function makePictures(): Promise<void> {
	for (const [name, draw] of Object.entries(pictures)) await draw().toFile(media(name));
}

/** Four seconds of a sailing boat that crosses the bay from left to right while the sun sets: H.264, 15 frames a second. */
async function makeVideo(): Promise<void> {
	const frameCount = 60;
	const folder = mkdtempSync(join(tmpdir(), 'sailing-boat-'));
	try {
		for (let frame = 0; frame < frameCount; frame++) {
			const path = join(folder, `${String(frame).padStart(3, '0')}.png`);
			await sharp(Buffer.from(drawBoat(frame / (frameCount - 1))))
				.removeAlpha()
				.toFile(path);
		}
		const encoding = ['-c:v', 'libx264', '-preset', 'veryslow', '-crf', '24', '-pix_fmt', 'yuv420p'];
		const plain = [
			'-fflags',
			'+bitexact',
			'-flags:v',
			'+bitexact',
			'-map_metadata',
			'-1',
			'-movflags',
			'+faststart',
		];
		const input = ['-framerate', '15', '-i', join(folder, '%03d.png')];
		execFileSync('ffmpeg', [
			'-y',
			'-loglevel',
			'error',
			...input,
			...encoding,
			...plain,
			media('sailing-boat.mp4'),
		]);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** @param progress 0 at the first frame, 1 at the last. */
function drawBoat(progress: number): string {
	const boatX = 60 + progress * 480;
	const boatY = 232 + Math.sin(progress * 18) * 4;
	const tilt = Math.sin(progress * 18 + 1) * 4;
	const sunY = 110 + progress * 70;
	const wave = (y: number, drift: number) =>
		`<path d="M${-80 + ((progress * drift) % 80)} ${y}${'q20-10 40 0t40 0'.repeat(10)}" fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="4"/>`;
	return `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360" viewBox="0 0 640 360">
<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#6a8fd8"/><stop offset="1" stop-color="#ffd9a0"/></linearGradient>
<linearGradient id="sea" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#3c86b8"/><stop offset="1" stop-color="#164a78"/></linearGradient></defs>
<rect width="640" height="240" fill="url(#sky)"/><circle cx="470" cy="${sunY}" r="36" fill="#fff0b8"/>
<path d="M0 240 60 190 130 215 210 170 300 240Z" fill="#5f7f9a"/><path d="M420 240 520 200 640 180V240Z" fill="#6e8ca5"/>
<rect y="236" width="640" height="124" fill="url(#sea)"/>
${wave(262, 160)}
<g transform="translate(${boatX} ${boatY}) rotate(${tilt})"><path d="M0-4V-110" stroke="#5a3420" stroke-width="5"/><path d="M6-108 66-18H6Z" fill="#fff"/><path d="M-6-96-50-18H-6Z" fill="#f25c4a"/><path d="M-70-8H84L62 26H-50Z" fill="#8c3b2e"/><path d="M-64 0H80L77 6H-60Z" fill="#fff"/></g>
${wave(296, 240)}${wave(332, 320)}
</svg>`;
}

/** One spoken sentence, 16 kHz, mono: what the model samples sound down to. */
function makeSpeech(): void {
	const sentence =
		'Good morning. Your order of two red bicycles arrives on Tuesday, between nine and eleven.';
	const folder = mkdtempSync(join(tmpdir(), 'speech-'));
	try {
		const spoken = join(folder, 'spoken.wav');
		execFileSync('espeak-ng', ['-v', 'en-gb', '-s', '150', '-w', spoken, sentence]);
		const plain = ['-fflags', '+bitexact', '-flags:a', '+bitexact', '-map_metadata', '-1'];
		execFileSync('ffmpeg', [
			'-y',
			'-loglevel',
			'error',
			'-i',
			spoken,
			'-ar',
			'16000',
			'-ac',
			'1',
			...plain,
			media('delivery-message.wav'),
		]);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** A report of two pages, with a title, running text and a table. */
async function makeDocument(): Promise<void> {
	const document = await PDFDocument.create();
	const made = new Date('2026-01-15T09:00:00Z');
	document.setTitle('Bicycle Inspection Report');
	document.setAuthor('n8n-nodes-eachlabs contributors');
	document.setLanguage('en');
	document.setCreationDate(made);
	document.setModificationDate(made);
	const regular = await document.embedFont(StandardFonts.Helvetica);
	const bold = await document.embedFont(StandardFonts.HelveticaBold);

	const first = newPage(document, bold, 'Bicycle Inspection Report', 1, regular);
	writeLines(first, regular, 700, [
		'Workshop: Harbour Cycles, 12 Quay Street',
		'Date: 15 January 2026          Inspector: M. Okafor',
		'Bicycle: red city bicycle, frame number HC-2041',
		'',
		'Summary',
		'The bicycle is safe to ride after two repairs. The frame, the wheels and the',
		'lights are in good order. The rear brake pads are worn to 1 mm and were',
		'replaced. The chain had stretched by 0.9 percent and was replaced as well.',
		'',
		'The next inspection is due on 15 July 2026, or after 2,000 km.',
	]);

	const second = newPage(document, bold, 'Findings', 2, regular);
	const rows = [
		['Part', 'Condition', 'Action', 'Cost (EUR)'],
		['Frame', 'Good', 'None', '0.00'],
		['Front brake', 'Good', 'Cleaned', '5.00'],
		['Rear brake', 'Worn', 'Pads replaced', '18.50'],
		['Chain', 'Worn', 'Replaced', '24.00'],
		['Tyres', 'Good', 'Inflated to 4 bar', '0.00'],
		['Lights', 'Good', 'None', '0.00'],
		['Total', '', '', '47.50'],
	];
	for (const [index, row] of rows.entries()) {
		const y = 690 - index * 30;
		const font = index === 0 || index === rows.length - 1 ? bold : regular;
		for (const [column, text] of row.entries())
			second.drawText(text, { x: 60 + column * 125, y, size: 12, font });
		second.drawLine({
			start: { x: 56, y: y - 10 },
			end: { x: 540, y: y - 10 },
			thickness: 0.7,
			color: rgb(0.75, 0.78, 0.82),
		});
	}
	writeFileSync(media('inspection-report.pdf'), await document.save());
}

function newPage(
	document: PDFDocument,
	bold: PDFFont,
	heading: string,
	number: number,
	regular: PDFFont,
): PDFPage {
	const page = document.addPage([595, 842]);
	page.drawRectangle({ x: 0, y: 792, width: 595, height: 50, color: rgb(0.83, 0.13, 0.16) });
	page.drawText('Harbour Cycles', { x: 56, y: 810, size: 16, font: bold, color: rgb(1, 1, 1) });
	page.drawText(heading, { x: 56, y: 744, size: 24, font: bold });
	page.drawText(`Page ${number} of 2`, { x: 500, y: 36, size: 10, font: regular });
	return page;
}

function writeLines(page: PDFPage, font: PDFFont, top: number, lines: string[]): void {
	for (const [index, line] of lines.entries())
		page.drawText(line, { x: 56, y: top - index * 22, size: 13, font });
}

async function main(): Promise<void> {
	await makePictures();
	await makeVideo();
	makeSpeech();
	await makeDocument();
}

void main();
