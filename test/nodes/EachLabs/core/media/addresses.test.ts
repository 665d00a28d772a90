import { endingOf, isOwnNetworkHost, separateUrls } from '../../../../../nodes/EachLabs/core/media/addresses';
import { mediaUrls } from '../../../../../nodes/EachLabs/n8n/itemUrls';

const A = 'https://a.example/1.png';
const B = 'http://b.example/2.png';
const wish = {
	kind: 'image',
	parameter: 'Image URL(s)',
	models: ['some-model'],
	takesOwnNetwork: false,
} as const;
const urls = (value: unknown): string[] => mediaUrls(value, wish).map(({ url }) => url);

describe('addresses are read from', () => {
	test.each<[string, unknown, string[]]>([
		['a text with commas', `${A}, ${B}`, [A, B]],
		['a text with semicolons and bars', `${A};${B} | ${A}`, [A, B, A]],
		['a text with line breaks', `${A}\r\n${B}\n`, [A, B]],
		['a text with blanks between', `${A} ${B}`, [A, B]],
		[
			'an address with a comma in it',
			'https://a.example/c_fill,w_100/x, y.png',
			['https://a.example/c_fill,w_100/x,%20y.png'],
		],
		[
			'an address with a bar and a semicolon in it',
			'https://a.example/a|b;c.png',
			['https://a.example/a|b;c.png'],
		],
		['an address with blanks in it', 'https://a.example/a b.png', ['https://a.example/a%20b.png']],
		[
			'an address with characters that are not seen (streetcomplete/StreetComplete#3439)',
			'\u200bhttps://a.example/\u200bp/1.jpg\ufeff',
			['https://a.example/p/1.jpg'],
		],
		[
			'an address with umlauts (imagekit-developer/imagekit-ruby#31)',
			'https://a.example/Fjällräven.png',
			['https://a.example/Fj%C3%A4llr%C3%A4ven.png'],
		],
		[
			'an address in Arabic (square/picasso#727)',
			'https://a.example/افضل.jpg',
			['https://a.example/%D8%A7%D9%81%D8%B6%D9%84.jpg'],
		],
		[
			'an address with a joiner in a word',
			'https://a.example/گربه\u200cها.png',
			['https://a.example/%DA%AF%D8%B1%D8%A8%D9%87%E2%80%8C%D9%87%D8%A7.png'],
		],
		['a host with an umlaut', 'https://müller.example/1.png', ['https://xn--mller-kva.example/1.png']],
		['an address with backslashes', 'https:\\\\a.example\\1.png', [A]],
		['an address with one slash', 'https:/a.example/1.png', [A]],
		[
			'an address out of HTML',
			'https://a.example/1.png?w=5&amp;sig=a%2Fb',
			['https://a.example/1.png?w=5&sig=a%2Fb'],
		],
		['a list with nothing in some places', [A, null, '', undefined, B], [A, B]],
		['a list as text', JSON.stringify([A, B]), [A, B]],
		['a JSON text', JSON.stringify(A), [A]],
		[
			'attachments of Airtable',
			[
				{ id: 'att1', url: A, thumbnails: {} },
				{ id: 'att2', url: B },
			],
			[A, B],
		],
		['pictures of Shopify', { images: [], image: { id: 1, src: A } }, [A]],
		['links', [{ href: A }], [A]],
		['files of Notion', [{ name: 'x', type: 'file', file: { url: A } }], [A]],
		['an address without its scheme', '//cdn.example.com/a.png', ['https://cdn.example.com/a.png']],
	])('%s', (_, value, expected) => {
		expect(urls(value)).toEqual(expected);
	});
});

test.each<[string, string]>([
	['https://a.example/{{ $json.id }}.jpg', "Switch the field from 'Fixed'"],
	['https://a.example/undefined', 'Check the expression'],
	['https://a.example/undefined?w=3', 'Check the expression'],
	['https://a.example/photos/NaN/', 'Check the expression'],
	['https://undefined/x.jpg', 'Check the expression'],
	['undefined', 'Check the expression'],
	['https://a.example/[object Object].jpg', 'Check the expression'],
])('an address that an expression has not filled in is refused: %s', (url, remedy) => {
	let told: unknown;
	try {
		urls(url);
	} catch (error) {
		told = error;
	}
	expect(told).toMatchObject({
		message: `The parameter 'Image URL(s)' holds an address that an expression has not filled in: ${url}`,
		description: expect.stringContaining(remedy),
	});
});

test.each([
	'https://a.example/undefined-behaviour.png',
	'https://a.example/a.jpg?w=undefined&q=80',
	'https://a.example/a.jpg?h=80&w=undefined',
	'https://a.example/a.jpg?ref=NaN',
	'https://a.example/undefined/photo.jpg',
	'https://a.example/cdn/NaN/1.jpg#undefined',
	'https://a.example/a.jpg?next=/undefined',
	'https://undefined.example/a.jpg',
])('an address that works with a word for what is missing in it is sent: %s', (url) => {
	expect(urls(url)).toEqual([url]);
});

test.each([
	'https://www.instagram.com/p/AbCd/media/?size=l',
	'https://instagram.com/p/AbCd/media?size=l',
	'https://www.instagram.com/reel/AbCd/media/?size=m',
	'https://imgur.com/download/AbCd/',
	'https://imgur.com/download/AbCd/A%20cat',
	'https://commons.wikimedia.org/wiki/Special:FilePath?file=Foo.jpg',
	'https://commons.wikimedia.org/wiki/Special:FilePath/Foo.jpg?width=800',
	'https://de.wikipedia.org/wiki/Spezial:Dateipfad?file=Foo.png',
	'https://en.wikipedia.org/wiki/Special:Redirect/file/Foo.jpg',
	'https://www.dropbox.com/s/dl/llahm/boombox.jpg',
	'https://www.facebook.com/photo/download/?fbid=1',
	'https://onedrive.live.com/download?resid=1',
	'https://app.box.com/shared/static/abcd.jpg',
])('an address at which a service gives the file is sent: %s', (url) => {
	expect(urls(url)).toEqual([url]);
});

test.each([
	['https://www.instagram.com/p/AbCd', 'Instagram'],
	['https://www.instagram.com/p/AbCd/?img_index=2', 'Instagram'],
	['https://www.instagram.com/reel/AbCd/', 'Instagram'],
	['https://imgur.com/downloads', 'Imgur'],
	['https://commons.wikimedia.org/wiki/File:Foo.jpg', 'Wikipedia'],
	['https://www.dropbox.com/s/llahm/dl/boombox.jpg', 'Dropbox'],
	['https://www.facebook.com/photo/?fbid=1', 'Facebook'],
	['https://www.facebook.com/photo.php?fbid=1', 'Facebook'],
])('the page %s is refused as one of %s', (url, service) => {
	expect(() => urls(url)).toThrow(`the address of a page of ${service}, which shows the file`);
});

describe('a host of the own network', () => {
	test.each([
		'http://localhost/a.png',
		'http://localhost./a.png',
		'http://app.localhost/a.png',
		'http://127.0.0.1:5678/a.png',
		'http://2130706433/a.png',
		'http://0x7f000001/a.png',
		'http://0177.0.0.1/a.png',
		'http://10.1.2.3/a.png',
		'http://172.16.0.1/a.png',
		'http://172.31.255.255/a.png',
		'http://192.168.1.10:9000/a.png',
		'http://169.254.169.254/latest',
		'http://100.64.0.1/a.png',
		'http://0.0.0.0/a.png',
		'http://[::1]/a.png',
		'http://[fd00::1]/a.png',
		'http://[fe80::1]/a.png',
		'http://[::ffff:192.168.0.1]/a.png',
		'http://minio:9000/a.png',
		'http://nas.local/a.png',
		'http://host.docker.internal:8188/view.png',
		'http://files.home.arpa/a.png',
		...['localdomain', 'internal', 'intranet', 'lan', 'home', 'corp', 'private'].map(
			(ending) => `http://files.${ending}/a.png`,
		),
	])('%s is refused, unless the service is there too', (url) => {
		expect(isOwnNetworkHost(new URL(url).hostname)).toBe(true);
		expect(() => urls(url)).toThrow("which Each Labs can't reach");
		expect(mediaUrls(url, { ...wish, takesOwnNetwork: true })).toHaveLength(1);
	});

	test.each([
		['0.0.0.0', '0.255.255.255', undefined, '1.0.0.0'],
		['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
		['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
		['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
		['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
		['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
		['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
		['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
		['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
		['224.0.0.0', '255.255.255.255', '223.255.255.255', undefined],
		['[fc00::]', '[fdff:ffff::1]', '[fb00::]', '[fe00::]'],
		['[fe80::]', '[febf:ffff::1]', '[fe7f:ffff::1]', '[fec0::]'],
		['[ff00::]', '[ffff:ffff::1]', '[feff:ffff::1]', undefined],
		['[ff0e::1]', '[64:ff9b::10.0.0.1]', '[64:ff9b::8.8.8.8]', '[::ffff:8.8.8.8]'],
	])('the range from %s to %s is, and its neighbours are not', (first, last, before, behind) => {
		const isOwn = (host?: string) =>
			host !== undefined && isOwnNetworkHost(new URL(`http://${host}/`).hostname);
		expect([first, last, before, behind].map(isOwn)).toEqual([true, true, false, false]);
	});

	test.each([
		'http://8.8.8.8/a.png',
		'http://172.32.0.1/a.png',
		'http://100.128.0.1/a.png',
		'http://[2606:4700::1111]/a.png',
		'https://example.com./a.png',
		'https://internal.example.com/a.png',
		'https://local.de/a.png',
	])('%s is none', (url) => {
		expect(isOwnNetworkHost(new URL(url).hostname)).toBe(false);
	});
});

test.each([
	['https://a.example/logo.svg', 'an SVG drawing'],
	['https://a.example/scan.TIFF', 'a TIFF image'],
	['https://a.example/offer.docx', 'an Office document'],
	['https://a.example/logo.svg?format=png', undefined],
	['https://a.example/f_png/logo.svg', undefined],
	['https://a.example/logo.svg/640px-logo.svg.png', undefined],
	['https://a.example/logo', undefined],
])('the ending of %s says: %p', (url, unreadable) => {
	expect(endingOf(new URL(url)).unreadable).toBe(unreadable);
});

test.each([
	['an SVG drawing', ['svg', 'svgz']],
	['a TIFF image', ['tif', 'tiff']],
	['a Photoshop file', ['psd']],
	['an Illustrator drawing', ['ai']],
	['a PostScript drawing', ['eps']],
	['an icon', ['ico']],
	['a JPEG XL image', ['jxl']],
	['a JPEG 2000 image', ['jp2']],
	["a camera's raw file", ['cr2', 'cr3', 'nef', 'arw', 'dng', 'orf', 'raf', 'rw2']],
	['an Office document', ['doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'odt', 'ods', 'odp']],
	['an archive', ['zip', 'rar', '7z', 'gz', 'tar']],
])('%s is known by each of its endings: %j', (unreadable, endings) => {
	for (const ending of endings)
		expect(endingOf(new URL(`https://a.example/file.${ending}`)).unreadable).toBe(unreadable);
});

test('what is no address is kept in one piece', () => {
	expect(separateUrls('not, an; address')).toEqual(['not, an; address']);
});
