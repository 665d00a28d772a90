import { MediaScan } from '../../core/media/mediaMeasure';
import { PredictionError } from '../../core/PredictionError';
import { fileNameFields } from '../media/mediaSources';
import type { MediaItem, MediaResult } from '../media/MediaItem';
import { subtitleFile, type Segment, type SubtitleFormat } from './subtitles';

const MIME_TYPES: Readonly<Record<SubtitleFormat, string>> = { srt: 'application/x-subrip', vtt: 'text/vtt' };
/** How long a look at a recording's beginning may take. */
const LOOK_SECONDS = 10;
/** Of a file in memory; of others, what comes first. */
const HEAD_BYTES = 65_536;

/** Adds the subtitles to the result, as the binary field `subtitles` with the name of the recording. */
export async function withSubtitles(
	result: MediaResult,
	segments: readonly Segment[],
	format: SubtitleFormat,
	member: MediaItem,
): Promise<MediaResult> {
	const { functions, itemIndex, session } = member.context;
	const { fileName } = fileNameFields(member.sources);
	const name = typeof fileName === 'string' ? fileName.replace(/\.[^.]*$/, '') : '';
	const content = subtitleFile(segments, format, await lengthOf(member));
	try {
		const subtitles = await functions.helpers.prepareBinaryData(
			Buffer.from(content, 'utf8'),
			`${name || 'subtitles'}.${format}`,
			MIME_TYPES[format],
		);
		return { ...result, binary: { ...result.binary, subtitles } };
	} catch {
		// The transcript is paid for, and stands without the file.
		session.addHint(
			`The subtitles of item ${itemIndex + 1} could not be stored by n8n. Its transcript is there, in 'segments' too.`,
		);
		return { ...result, json: { ...result.json, segments: segments.map((segment) => ({ ...segment })) } };
	}
}

/** Seconds; undefined where the file does not tell them cheaply. */
async function lengthOf({ sources: [source], context }: MediaItem): Promise<number | undefined> {
	if (source === undefined || 'url' in source) return undefined;
	const look = async (): Promise<number | undefined> => {
		const { contentType, byteLength, open } = await source.identified();
		const scan = new MediaScan(contentType, byteLength);
		const opened = await open();
		if (opened instanceof Uint8Array) scan.take(opened.subarray(0, HEAD_BYTES));
		else {
			for await (const chunk of opened) {
				scan.take(chunk);
				break;
			}
		}
		return scan.toldSeconds();
	};
	return await context.session
		.scope(LOOK_SECONDS)
		.within(look(), () => PredictionError.outOfTime())
		.catch(() => undefined);
}
