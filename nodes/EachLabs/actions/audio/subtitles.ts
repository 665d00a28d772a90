/** A passage of a transcript; times in seconds from the beginning. */
export interface Segment {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

export type SubtitleFormat = 'srt' | 'vtt';

/** Cues that begin nearer to each other than this are one. Seconds. */
const MIN_CUE_SECONDS = 0.1;
/** How long a cue is shown whose end is before its start. Seconds. */
const USUAL_CUE_SECONDS = 2;

/**
 * The subtitle file of a transcript. Its cues follow each other without overlap, each with an end after its start, and none goes
 * beyond the recording; the text of one that would is added to the cue before it.
 *
 * @param lengthSeconds of the recording; undefined where it is not known
 */
export function subtitleFile(
	segments: readonly Segment[],
	format: SubtitleFormat,
	lengthSeconds?: number,
): string {
	const isSrt = format === 'srt';
	const mark = isSrt ? ',' : '.';
	const blocks = cuesOf(segments, lengthSeconds).map(({ start, end, text }, position) => {
		const lines = [
			`${time(start, mark)} --> ${time(end, mark)}`,
			isSrt ? plain(text) : escaped(plain(text)),
			'',
		];
		return (isSrt ? [position + 1, ...lines] : lines).join('\n');
	});
	return isSrt ? `${blocks.join('\n')}\n` : ['WEBVTT\n', ...blocks].join('\n');
}

/** Segments as they follow each other on screen. */
export function cuesOf(segments: readonly Segment[], lengthSeconds = Infinity): Segment[] {
	const cues: Array<{ start: number; end: number; text: string }> = [];
	const lastStart = Math.max(0, lengthSeconds - MIN_CUE_SECONDS);
	for (const { start: said, end, text } of segments) {
		if (text.trim() === '') continue;
		const previous = cues.at(-1);
		const start = Math.max(0, previous?.start ?? 0, said);
		if (previous && (start > lastStart || start - previous.start < MIN_CUE_SECONDS)) {
			previous.text += `\n${text.trim()}`;
			previous.end = Math.max(previous.end, end);
		} else cues.push({ start: Math.min(start, lastStart), end, text: text.trim() });
	}
	return cues.map(({ start, end, text }, position) => {
		const latest = Math.min(cues[position + 1]?.start ?? Infinity, lengthSeconds);
		return { start, end: Math.min(end > start ? end : start + USUAL_CUE_SECONDS, latest), text };
	});
}

/** E.g. `00:01:02,500`. Rounded down, so that none goes beyond the end. */
function time(seconds: number, separator: ',' | '.'): string {
	const ms = Math.floor(seconds * 1_000 + 1e-6);
	const parts = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1_000) % 60];
	const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
	return `${clock}${separator}${String(ms % 1_000).padStart(3, '0')}`;
}

/** An empty line would end the cue, and an arrow would be read as times. */
function plain(text: string): string {
	return text
		.split(/[\n\r\u0085\u2028\u2029]/)
		.map((line) => line.trim())
		.filter((line) => line !== '')
		.join('\n')
		.replaceAll('-->', '→');
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
