import { parsedUrl } from '../parsedUrl';

/** Matches the separators before the next address. */
const BEFORE_NEXT_ADDRESS = /[\s,;|]+(?=(?:https?|ftp|file|s3|gs):\/\/|data:[a-z]+\/)/i;

/**
 * The addresses in a text, by comma, semicolon, vertical bar, space or line break. Each of these separates only where another address
 * begins behind it, since addresses may hold them themselves.
 */
export function separateUrls(text: string): string[] {
	return text.split(BEFORE_NEXT_ADDRESS).map((url) => url.trim().replace(/[\s,;|]+$/, ''));
}

/** Endings of names that belong to one machine or one network, never to the web. */
const OWN_NETWORK_ENDINGS =
	/\.(?:local|localhost|localdomain|internal|intranet|lan|home|corp|private|home\.arpa)$/;

/** First and last address of the IPv4 ranges that nobody on the web can reach (RFC 6890). */
const OWN_NETWORK_RANGES: ReadonlyArray<readonly [string, string]> = [
	['0.0.0.0', '0.255.255.255'],
	['10.0.0.0', '10.255.255.255'],
	['100.64.0.0', '100.127.255.255'],
	['127.0.0.0', '127.255.255.255'],
	['169.254.0.0', '169.254.255.255'],
	['172.16.0.0', '172.31.255.255'],
	['192.0.0.0', '192.0.0.255'],
	['192.168.0.0', '192.168.255.255'],
	['198.18.0.0', '198.19.255.255'],
	['224.0.0.0', '255.255.255.255'],
];

/**
 * Whether a host can be reached from its own machine or network only, so that nobody on the web can fetch from it.
 *
 * @param hostname as `URL` gives it: addresses in any notation (decimal, hexadecimal) have become dotted ones
 */
export function isOwnNetworkHost(hostname: string): boolean {
	const host = hostname.toLowerCase().replace(/\.$/, '');
	if (host.startsWith('[')) return isOwnNetworkV6(host.slice(1, -1));
	if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return isOwnNetworkV4(numberOf(host));
	return !host.includes('.') || OWN_NETWORK_ENDINGS.test(host);
}

function isOwnNetworkV4(address: number): boolean {
	return OWN_NETWORK_RANGES.some(([first, last]) => address >= numberOf(first) && address <= numberOf(last));
}

function numberOf(dotted: string): number {
	return dotted.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);
}

/** @param address without brackets, in the short form that `URL` gives it */
function isOwnNetworkV6(address: string): boolean {
	// Unspecified, loopback, unique local (fc00::/7), link local (fe80::/10), multicast (ff00::/8).
	if (
		address === '::' ||
		address === '::1' ||
		/^(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]|ff[0-9a-f]{2}):/.test(address)
	)
		return true;
	// An IPv6 address may carry an IPv4 one: mapped, or through NAT64.
	const mapped = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
	return (
		mapped !== null && isOwnNetworkV4(parseInt(mapped[1] ?? '', 16) * 65_536 + parseInt(mapped[2] ?? '', 16))
	);
}

/** Deeper than any model's input, and less deep than what exhausts the stack. */
const MAX_DEPTH = 32;

/** The host of the first address in a value, at any depth, that only its own network knows; undefined where there is none. */
export function ownNetworkHostIn(value: unknown, depth = 0): string | undefined {
	if (typeof value === 'string') {
		const text = value.trim();
		const url = /^https?:\/\/\S+$/i.test(text) ? parsedUrl(text) : undefined;
		return url && isOwnNetworkHost(url.hostname) ? url.host : undefined;
	}
	if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
	for (const part of Object.values(value)) {
		const host = ownNetworkHostIn(part, depth + 1);
		if (host !== undefined) return host;
	}
	return undefined;
}

/** Endings of files that no model reads, and how a user calls them. */
const UNREADABLE_ENDINGS: ReadonlyMap<string, string> = new Map([
	['svg', 'an SVG drawing'],
	['svgz', 'an SVG drawing'],
	['tif', 'a TIFF image'],
	['tiff', 'a TIFF image'],
	['psd', 'a Photoshop file'],
	['ai', 'an Illustrator drawing'],
	['eps', 'a PostScript drawing'],
	['ico', 'an icon'],
	['jxl', 'a JPEG XL image'],
	['jp2', 'a JPEG 2000 image'],
	...['cr2', 'cr3', 'nef', 'arw', 'dng', 'orf', 'raf', 'rw2'].map(
		(ending) => [ending, "a camera's raw file"] as const,
	),
	...['doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'odt', 'ods', 'odp'].map(
		(ending) => [ending, 'an Office document'] as const,
	),
	...['html', 'htm'].map((ending) => [ending, 'a web page'] as const),
	...['m3u8', 'mpd'].map((ending) => [ending, 'a list of the pieces of a streamed video'] as const),
	['caf', "a recording in Apple's CAF format"],
	['wma', 'a WMA recording'],
	...['zip', 'rar', '7z', 'gz', 'tar'].map((ending) => [ending, 'an archive'] as const),
]);

/** Pages on which services show a file to people: host, then path with query. */
const FILE_PAGES: ReadonlyArray<readonly [service: string, host: RegExp, page: RegExp]> = [
	[
		'Google Drive',
		/^(?:drive|docs)\.google\.com$/,
		/^\/(?:open\b|drive\/|file\/d\/|\w+\/d\/[^/]+\/(?:edit|view|preview)\b)/,
	],
	['Google Photos', /^(?:photos\.google\.com|photos\.app\.goo\.gl)$/, /^\/./],
	['Dropbox', /^(?:www\.)?dropbox\.com$/, /^\/(?!s\/dl\/|.*[?&](?:dl|raw)=1(?:&|$))/],
	['OneDrive', /^(?:1drv\.ms|onedrive\.live\.com)$/, /^\/(?!download\b)(?!.*[?&]download=1(?:&|$))/],
	['iCloud', /^(?:www\.)?icloud\.com$/, /^\/(?:iclouddrive|sharedalbum|photos)\b/],
	['Box', /^(?:\w+\.)?app\.box\.com$/, /^\/(?:s|file)\//],
	['WeTransfer', /^(?:we\.tl|(?:www\.)?wetransfer\.com)$/, /^\/./],
	['GitHub', /^github\.com$/, /^\/[^/]+\/[^/]+\/blob\/(?!.*[?&]raw=(?:1|true)(?:&|$))/],
	['Imgur', /^(?:www\.|m\.)?imgur\.com$/, /^\/(?!download\/)[^.]+$/],
	['Flickr', /^(?:www\.)?flickr\.com$/, /^\/photos\//],
	['Instagram', /^(?:www\.)?instagram\.com$/, /^\/(?:p|reel|stories)\/[^/]+(?!\/media\b)(?:[/?]|$)/],
	['Pinterest', /^(?:www\.|\w\w\.)?pinterest\.\w+$|^pin\.it$/, /^\/./],
	['Facebook', /^(?:www\.|m\.)?facebook\.com$/, /^\/(?:photo|.*\/photos|watch|reel)\b(?!\/download\/)/],
	['Wikipedia', /^(?:\w+\.)*(?:wikipedia|wikimedia)\.org$/, /^\/wiki\/[^/?]+:[^/?]+\.\w{3,4}$/],
	['SharePoint', /\.sharepoint\.com$/, /^\/:\w:\/(?!.*[?&]download=1(?:&|$))/],
];

/** The service on whose page an address shows a file, in the place of which a model would get the page; undefined for others. */
export function filePageOf({ hostname, pathname, search }: URL): string | undefined {
	return FILE_PAGES.find(([, host, page]) => host.test(hostname) && page.test(pathname + search))?.[0];
}

/** Endings of files that some models refuse, and their types. The caller checks the type against the model. */
const TYPES_OF_ENDINGS: ReadonlyMap<string, string> = new Map([
	['gif', 'image/gif'],
	['bmp', 'image/bmp'],
	['avif', 'image/avif'],
	['mkv', 'video/x-matroska'],
	['amr', 'audio/amr'],
]);

/**
 * What the ending of an address says about its file. It says nothing where the address has a query, or a format in its path:
 * an image service may convert the picture.
 */
export function endingOf({ pathname, search }: URL): { unreadable?: string; contentType?: string } {
	if (search !== '' || /\/(?:[^/]*,)?(?:f|fm|format)[_=:-]?(?:auto|avif|jpe?g|png|webp)\b/i.test(pathname))
		return {};
	const ending = /\.([a-z0-9]{2,4})$/i.exec(pathname)?.[1]?.toLowerCase() ?? '';
	return { unreadable: UNREADABLE_ENDINGS.get(ending), contentType: TYPES_OF_ENDINGS.get(ending) };
}

/** The last part of the path, as a person reads it; '' where there is none. */
export function lastPartOf({ pathname }: URL): string {
	const last = pathname.split('/').findLast((part) => part !== '') ?? '';
	try {
		return decodeURIComponent(last);
	} catch {
		return last;
	}
}
