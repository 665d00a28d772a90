import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import sharp from 'sharp';
import { formatSeconds, formatUsd } from './format';
import type { ResultRow } from './ResultRow';

export interface ResultSection {
	heading: string;
	introduction: string;
	rows: ResultRow[];
}

const MIME_TYPES: Record<string, string> = {
	'.mp4': 'video/mp4',
	'.wav': 'audio/wav',
	'.pdf': 'application/pdf',
};

/**
 * A page that shows every file beside its text. It needs nothing but itself: media are inside it, pictures reduced.
 *
 * @param notice Where the texts come from, on top of the page.
 * @param mediaFolder Where the files of the rows are.
 */
export async function resultPage(
	notice: string,
	sections: ResultSection[],
	mediaFolder: string,
): Promise<string> {
	const bodies: string[] = [];
	for (const { heading, introduction, rows } of sections) {
		const cards = await Promise.all(rows.map(async (row) => await card(row, mediaFolder)));
		bodies.push(
			`<section><h2>${escapeHtml(heading)}</h2><p>${escapeHtml(introduction)}</p><div class="cards">${cards.join('')}</div></section>`,
		);
	}
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'">
<title>Each Labs in n8n: what the example workflows give</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>What the example workflows give</h1><p class="notice">${escapeHtml(notice)}</p></header>
<main>${bodies.join('\n')}</main>
</body>
</html>
`;
}

async function card(row: ResultRow, mediaFolder: string): Promise<string> {
	const { medium, detail } = await showMedium(row, join(mediaFolder, row.file));
	const text =
		row.error !== undefined
			? `<p class="error">${escapeHtml(row.error)}</p>`
			: row.text === ''
				? '<p class="decorative">Decorative: its alt text is empty, so that screen readers pass over it.</p>'
				: `<p class="text">${escapeHtml(row.text ?? '')}</p>`;
	const facts = [
		['Prediction', row.predictionId ?? ''],
		['Time', row.predictTimeSeconds === undefined ? '' : `${formatSeconds(row.predictTimeSeconds)} s`],
		['Cost', row.costUsd === undefined ? '' : `${formatUsd(row.costUsd)} USD`],
	].filter(([, value]) => value !== '');
	const list = facts.map(([name = '', value = '']) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`);
	return `<article><div class="medium">${medium}</div><h3>${escapeHtml(row.file)}</h3><p class="detail">${escapeHtml(detail)}</p>${text}<dl>${list.join('')}</dl></article>`;
}

async function showMedium(row: ResultRow, path: string): Promise<{ medium: string; detail: string }> {
	const size = formatBytes((await stat(path)).size);
	const mimeType = MIME_TYPES[extname(row.file).toLowerCase()];
	if (mimeType === undefined) {
		const { format, width, height } = await sharp(path).metadata();
		const reduced = await sharp(path)
			.resize({ width: 720, height: 720, fit: 'inside', withoutEnlargement: true })
			.webp({ quality: 80 })
			.toBuffer();
		return {
			medium: `<img src="${dataUrl('image/webp', reduced)}" alt="${escapeHtml(row.text ?? '')}">`,
			detail: `${format.toUpperCase()}, ${width} × ${height} pixels, ${size}`,
		};
	}
	const source = dataUrl(mimeType, await readFile(path));
	const [kind] = mimeType.split('/');
	if (kind === 'video')
		return { medium: `<video controls src="${source}"></video>`, detail: `Video, ${size}` };
	if (kind === 'audio')
		return { medium: `<audio controls src="${source}"></audio>`, detail: `Recording, ${size}` };
	const link = `<a class="document" download="${escapeHtml(row.file)}" href="${source}">PDF</a>`;
	return { medium: link, detail: `Document, ${size}` };
}

function dataUrl(mimeType: string, bytes: Buffer): string {
	return `data:${mimeType};base64,${bytes.toString('base64')}`;
}

function formatBytes(bytes: number): string {
	if (bytes < 1_000) return `${bytes} bytes`;
	return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const HTML_ESCAPES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Safe as text and inside quoted attributes. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? character);
}

const STYLE = `
:root { color-scheme: light dark; --page: #f5f5f8; --card: #fff; --ink: #1c1b2b; --soft: #5f5e72; --line: #dedde8; --accent: #5b3df5; --notice: #fff6dc; --error: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #15141d; --card: #201f2b; --ink: #efeef6; --soft: #a9a8bb; --line: #363546; --accent: #a99bff; --notice: #3a3219; --error: #ff9d94; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem clamp(1rem, 4vw, 4rem) 4rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 1rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .25rem; font-size: 1.35rem; }
h3 { margin: 1rem 1.1rem 0; font-size: 1rem; overflow-wrap: anywhere; }
section > p, .detail { color: var(--soft); }
section > p { max-width: 70ch; margin: 0 0 1.25rem; }
.notice { max-width: 80ch; margin: 0; padding: .8rem 1.1rem; border-left: .3rem solid var(--accent); background: var(--notice); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1.25rem; }
article { display: flex; flex-direction: column; border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; background: var(--card); }
.medium { display: grid; place-items: center; height: 15rem; padding: .75rem; background: repeating-conic-gradient(color-mix(in srgb, var(--soft) 12%, transparent) 0 25%, transparent 0 50%) 0 0 / 1.25rem 1.25rem; border-bottom: 1px solid var(--line); }
.medium img, .medium video { max-width: 100%; max-height: 13.5rem; border-radius: .25rem; outline: 1px solid var(--line); }
.medium audio { width: 100%; }
.document { display: grid; place-items: center; width: 6rem; height: 8rem; border: 2px solid var(--accent); border-radius: .4rem; background: var(--card); color: var(--accent); font-weight: 700; font-size: 1.3rem; text-decoration: none; }
.detail { margin: 0 1.1rem; font-size: .85rem; }
.text, .decorative, .error { margin: .7rem 1.1rem; flex: 1; overflow-wrap: anywhere; white-space: pre-line; }
.decorative { color: var(--soft); font-style: italic; }
.error { color: var(--error); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: 0; padding: .7rem 1.1rem; border-top: 1px solid var(--line); font-size: .8rem; color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
`;
