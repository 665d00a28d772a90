import { createCipheriv } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';

const WIDTH = 4200;
const HEIGHT = 2800;
/** The model takes pictures of up to 7 MB; this one comes close to that, in decimal and in binary megabytes. */
const MIN_BYTES = 6_500_000;
const MAX_BYTES = 6_999_999;

/**
 * Draws a starry sky over a lake and writes it as a JPEG of between 6.5 and 7.0 million bytes; answers its size in bytes.
 *
 * It is made when needed, since a file of this size has no place in a repository. The same call makes the same picture.
 */
export async function makeLargePicture(path: string): Promise<number> {
	const pixels = await sharp(Buffer.from(drawScene()))
		.composite([{ input: grain(), raw: { width: WIDTH, height: HEIGHT, channels: 1 }, blend: 'soft-light' }])
		.removeAlpha()
		.raw()
		.toBuffer();

	// How large a quality comes out depends on the JPEG library's version, so the right one is looked for.
	for (let low = 1, high = 100, quality = 96; low <= high; quality = Math.floor((low + high) / 2)) {
		const jpeg = await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
			.jpeg({ quality })
			.toBuffer();
		if (jpeg.length > MAX_BYTES) high = quality - 1;
		else if (jpeg.length < MIN_BYTES) low = quality + 1;
		else {
			await writeFile(path, jpeg);
			return jpeg.length;
		}
	}
	throw new Error('No JPEG quality gives the large picture its size');
}

/** Bytes that look random and are the same in every run. */
function pseudoRandomBytes(length: number): Buffer {
	return createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** Film grain: it is what makes a night picture large. Grey values around the middle. */
function grain(): Buffer {
	return Buffer.from(pseudoRandomBytes(WIDTH * HEIGHT).map((value) => 64 + (value >> 1)));
}

function drawScene(): string {
	const random = pseudoRandomBytes(1 << 16);
	let taken = 0;
	const next = () => random.readUInt16LE((taken += 2) % (random.length - 2)) / 0xffff;

	const stars = Array.from({ length: 2600 }, (_, index) => {
		const x = next() * WIDTH;
		// Two of three stars lie near the Milky Way, a band across the sky.
		const band = 1500 - x * 0.3;
		const y = index % 3 === 0 ? next() * 1900 : band + (next() + next() + next() - 1.5) * 420;
		const radius = 1.2 + next() ** 6 * 8;
		const color = ['#ffffff', '#ffe9c9', '#cfe0ff'][index % 3];
		return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(1)}" fill="${color}" fill-opacity="${(0.4 + next() * 0.6).toFixed(2)}"/>`;
	});
	const firs = Array.from({ length: 60 }, (_, index) => {
		const x = index * 72 + next() * 40;
		const height = 160 + next() * 240;
		return `<path d="M${x - 60} 2010 ${x} ${2010 - height} ${x + 60} 2010Z"/>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<defs>
<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#070b24"/><stop offset=".7" stop-color="#1f3266"/><stop offset="1" stop-color="#4a5f8f"/></linearGradient>
<linearGradient id="lake" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#2c4273"/><stop offset="1" stop-color="#0a1230"/></linearGradient>
<radialGradient id="haze"><stop offset="0" stop-color="#b9a6e0" stop-opacity=".5"/><stop offset="1" stop-color="#b9a6e0" stop-opacity="0"/></radialGradient>
<radialGradient id="fire"><stop offset="0" stop-color="#ffb347" stop-opacity=".9"/><stop offset="1" stop-color="#ff8c1a" stop-opacity="0"/></radialGradient>
</defs>
<rect width="${WIDTH}" height="2020" fill="url(#sky)"/>
<ellipse cx="2100" cy="880" rx="2400" ry="420" fill="url(#haze)" transform="rotate(-17 2100 880)"/>
<g>${stars.join('')}</g>
<path d="M0 1800 500 1440 900 1700 1500 1260 2100 1720 2700 1400 3300 1740 3800 1500 4200 1760V2020H0Z" fill="#131d40"/>
<path d="M1500 1260 1610 1344 1540 1370 1490 1340 1430 1390 1390 1340ZM500 1440 590 1510 520 1530 440 1484ZM2700 1400 2800 1456 2720 1490 2630 1452Z" fill="#8d9cc4"/>
<g fill="#0b1430">${firs.join('')}</g>
<rect y="2000" width="${WIDTH}" height="800" fill="url(#lake)"/>
<g stroke="#7f93c4" stroke-width="6" opacity=".5" stroke-linecap="round"><path d="M600 2100H1100M1400 2180H2100M2500 2120H3000M800 2300H1500M1900 2360H2700M3100 2280H3700M500 2480H1100M1500 2560H2400M2900 2500H3700"/></g>
<path d="M0 2560C700 2440 1300 2640 1800 2800H0ZM4200 2500C3700 2520 3200 2660 3000 2800H4200Z" fill="#060a1c"/>
<circle cx="3560" cy="2500" r="420" fill="url(#fire)"/>
<path d="M3280 2600 3460 2280 3640 2600Z" fill="#d8663b"/><path d="M3460 2280 3640 2600H3520Z" fill="#a9472a"/><path d="M3420 2600 3460 2440 3500 2600Z" fill="#ffd98a"/>
<path d="M3760 2610 3800 2480 3830 2560 3860 2500 3890 2610Z" fill="#ffb02e"/><path d="M3730 2620 3920 2600M3730 2600 3920 2620" stroke="#5a3420" stroke-width="24" stroke-linecap="round"/>
</svg>`;
}
