import type { MediaKind } from './media';

const SUPPORTED_TYPES: ReadonlyMap<string, MediaKind> = new Map<string, MediaKind>([
	...['jpeg', 'png', 'webp', 'gif', 'bmp', 'heic', 'heif', 'avif'].map(
		(type) => [`image/${type}`, 'image'] as const,
	),
	...['mp4', 'quicktime', 'webm', 'mpeg', 'x-msvideo', 'x-flv', 'x-ms-wmv', '3gpp', 'x-matroska'].map(
		(type) => [`video/${type}`, 'video'] as const,
	),
	...['wav', 'mpeg', 'mp4', 'aac', 'ogg', 'flac', 'aiff', 'webm', 'opus', 'amr'].map(
		(type) => [`audio/${type}`, 'audio'] as const,
	),
	['application/pdf', 'document'],
]);

const TYPE_ALIASES: ReadonlyMap<string, string> = new Map([
	['image/jpg', 'image/jpeg'],
	['image/pjpeg', 'image/jpeg'],
	['image/x-png', 'image/png'],
	['image/x-ms-bmp', 'image/bmp'],
	['video/avi', 'video/x-msvideo'],
	['video/mov', 'video/quicktime'],
	['video/mpg', 'video/mpeg'],
	['video/wmv', 'video/x-ms-wmv'],
	['video/x-m4v', 'video/mp4'],
	['video/mkv', 'video/x-matroska'],
	['application/mp4', 'video/mp4'],
	['audio/x-wav', 'audio/wav'],
	['audio/wave', 'audio/wav'],
	['audio/vnd.wave', 'audio/wav'],
	['audio/mp3', 'audio/mpeg'],
	['audio/x-m4a', 'audio/mp4'],
	['audio/m4a', 'audio/mp4'],
	['audio/x-aac', 'audio/aac'],
	['audio/x-flac', 'audio/flac'],
	['audio/x-aiff', 'audio/aiff'],
	['application/ogg', 'audio/ogg'],
	['application/x-pdf', 'application/pdf'],
	['application/acrobat', 'application/pdf'],
	['text/pdf', 'application/pdf'],
]);

/** The kind of medium that a MIME type (as `cleanContentType` gives it) stands for; undefined for what no model reads. */
export function kindOfType(contentType: string): MediaKind | undefined {
	return SUPPORTED_TYPES.get(contentType);
}

/** A MIME type in lower case without parameters; anything that is none (a line break in it, say) becomes ''. */
export function cleanContentType(declaredType: string): string {
	const type = declaredType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
	if (!/^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/.test(type)) return '';
	return TYPE_ALIASES.get(type) ?? type;
}
