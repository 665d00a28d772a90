import { MediaScan } from '../../core/media/mediaMeasure';
import { readBytes } from '../../core/media/readBytes';
import { PredictionError } from '../../core/PredictionError';
import { written } from '../../core/words';
import { fileNameFields } from '../media/mediaSources';
import { ownSources, type MediaItem, type MediaResult } from '../media/MediaItem';
import { subtitleFile, type Segment, type SubtitleFormat } from './subtitles';

const MIME_TYPES: Readonly<Record<SubtitleFormat, string>> = { srt: 'application/x-subrip', vtt: 'text/vtt' };
/** How long a look at a recording's beginning may take. */
const LOOK_SECONDS = 10;
/** Of the first piece: a file in memory is one, however large. */
const HEAD_BYTES = 65_536;

/** Adds the subtitles to the result, as the binary field `subtitles` with the name of the recording. */
export async function withSubtitles(
	result: MediaResult,
	segments: readonly Segment[],
	format: SubtitleFormat,
	member: MediaItem,
): Promise<MediaResult> {
	const { functions, itemIndex, session } = member.context;
	const { fileName } = fileNameFields(ownSources(member));
	const name = typeof fileName === 'string' ? fileName.replace(/\.[a-z0-9]{1,5}$/i, '') : '';
	const length = await lengthOf(member);
	const latest = Math.max(0, ...segments.map(({ start }) => start));
	if (length !== undefined && latest > length + 1) {
		session.addHint(
			`The times of item ${itemIndex} go on to ${written(Math.round(latest))} seconds, and its recording ends after ${written(Math.round(length))}: its subtitles hold all of the text, but not at the right times. Run the item again, or try another model.`,
		);
	}
	const content = subtitleFile(segments, format, length);
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
			`The subtitles of item ${itemIndex} could not be stored by n8n. Its transcript is there, in 'segments' too.`,
		);
		return { ...result, json: { ...result.json, segments: segments.map((segment) => ({ ...segment })) } };
	}
}

/** Seconds; undefined where the file does not tell them cheaply. */
async function lengthOf({ sources: [source], context }: MediaItem): Promise<number | undefined> {
	if (source === undefined || 'url' in source) return undefined;
	const scope = context.session.scope(LOOK_SECONDS);
	const onTimeout = () => PredictionError.outOfTime();
	const look = async (): Promise<number | undefined> => {
		const file = await scope.within(source.identified(), onTimeout);
		const scan = new MediaScan(file.contentType, file.byteLength);
		await readBytes(file, { scope: () => scope, onTimeout }, (chunk) => {
			scan.take(chunk.subarray(0, HEAD_BYTES));
			return false;
		});
		return scan.toldSeconds();
	};
	return await look().catch(() => undefined);
}
