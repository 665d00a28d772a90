import { randomUUID } from 'node:crypto';
import { link, rm } from 'node:fs/promises';
import type * as MusicMetadata from 'music-metadata';

import type { MediumDescription } from './MediumDescription';
import { readMovieSeconds } from './readMovieSeconds';
import { readStart } from './readStart';

/** What a second of each costs, in tokens. */
const tokensPerSecond = { video: 263, audio: 32 };

/** Matroska's numbers for the kinds of track, which the library uses for every container. */
const trackTypes = { video: 1, audio: 2 };

/** Containers by their first bytes, and the file extension under which the library knows each. */
const containers: ReadonlyArray<{ name: string; extension: string; starts: (bytes: Buffer) => boolean }> = [
	{ name: 'MP4', extension: 'mp4', starts: (bytes) => tagAt(bytes, 4) === 'ftyp' },
	{ name: 'Matroska', extension: 'mkv', starts: (bytes) => bytes.readUInt32BE(0) === 0x1a45dfa3 },
	{
		name: 'WAVE',
		extension: 'wav',
		starts: (bytes) => tagAt(bytes, 0) === 'RIFF' && tagAt(bytes, 8) === 'WAVE',
	},
	{ name: 'Ogg', extension: 'ogg', starts: (bytes) => tagAt(bytes, 0) === 'OggS' },
	{ name: 'FLAC', extension: 'flac', starts: (bytes) => tagAt(bytes, 0) === 'fLaC' },
	{
		name: 'AIFF',
		extension: 'aiff',
		starts: (bytes) => tagAt(bytes, 0) === 'FORM' && tagAt(bytes, 8) === 'AIFF',
	},
	{ name: 'MPEG audio', extension: 'mp3', starts: (bytes) => tagAt(bytes, 0).startsWith('ID3') },
	{ name: 'MPEG audio', extension: 'mp3', starts: (bytes) => (bytes.readUInt16BE(0) & 0xffe0) === 0xffe0 },
];

/**
 * Container, length and tracks of a video or a sound, or null when the bytes are neither.
 */
export async function describeRecording(path: string, byteLength: number): Promise<MediumDescription | null> {
	const start = await readStart(path, 16);
	const container = start.length < 16 ? undefined : containers.find(({ starts }) => starts(start));
	if (container === undefined) return null;
	const format = await readFormat(path, container.extension);
	if (format === null) return null;

	const seconds = format.duration ?? (container.name === 'MP4' ? await readMovieSeconds(path) : null);
	if (seconds === null) return null;
	const kind = format.hasVideo === true ? 'video' : 'audio';
	const brief = `${kind === 'video' ? 'a video' : 'a recording'} of ${inSeconds(seconds)}`;
	const tracks = describeTracks(format, kind);
	const seen = pictureTrackOf(format);
	return {
		kind,
		full: `${brief} and ${byteLength.toLocaleString('en-US')} bytes, in ${container.name} with ${tracks}`,
		brief,
		decorative: false,
		colours: [],
		format: container.name,
		byteLength,
		...(seen === undefined ? {} : { width: seen.pixelWidth, height: seen.pixelHeight }),
		durationSeconds: seconds,
		tokens: Math.ceil(seconds * tokensPerSecond[kind]),
	};
}

function describeTracks(format: MusicMetadata.IFormat, kind: 'video' | 'audio'): string {
	const { codec, numberOfChannels: channels, sampleRate, trackInfo } = format;
	const details = [
		codec,
		channels === undefined ? undefined : `${channels} ${channels === 1 ? 'channel' : 'channels'}`,
		sampleRate === undefined ? undefined : `${sampleRate.toLocaleString('en-US')} Hz`,
	].filter((part) => part !== undefined);
	const isSound = ({ type, audio }: MusicMetadata.IFormat['trackInfo'][number]): boolean =>
		type === trackTypes.audio || audio !== undefined;
	const hasSound = kind === 'audio' || trackInfo.some(isSound);
	const sound = hasSound ? `sound (${details.join(', ')})` : 'no sound';
	const seen = pictureTrackOf(format);
	const size = seen === undefined ? '' : ` of ${seen.pixelWidth}×${seen.pixelHeight} pixels`;
	return kind === 'video' ? `pictures${size} and ${sound}` : sound;
}

function pictureTrackOf({
	trackInfo,
}: MusicMetadata.IFormat): MusicMetadata.IFormat['trackInfo'][number]['video'] {
	return trackInfo.find(({ video }) => video !== undefined)?.video;
}

function inSeconds(seconds: number): string {
	const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
	return `${seconds.toLocaleString('en-US', digits)} seconds`;
}

function tagAt(bytes: Buffer, offset: number): string {
	return bytes.toString('latin1', offset, offset + 4);
}

async function readFormat(path: string, extension: string): Promise<MusicMetadata.IFormat | null> {
	// Loaded with the first recording: it is an ES module only, which a static import of CommonJS can't reach.
	const { parseFile } = await import('music-metadata');
	// The library goes by the name first, so the file gets one after what its bytes say, not after what it was called.
	const namedPath = `${path}.${randomUUID()}.${extension}`;
	await link(path, namedPath);
	try {
		return (await parseFile(namedPath, { skipCovers: true })).format;
	} catch {
		return null;
	} finally {
		await rm(namedPath, { force: true });
	}
}
