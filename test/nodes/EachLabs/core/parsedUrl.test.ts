import { parsedUrl } from '../../../../nodes/EachLabs/core/parsedUrl';

test('an address with letters beyond ASCII is one, however often others were read before', () => {
	for (let number = 0; number < 100_000; number++) parsedUrl(`https://example.com/${number}`);
	expect(parsedUrl('https://müller.example/größe.png')?.href).toBe(
		'https://xn--mller-kva.example/gr%C3%B6%C3%9Fe.png',
	);
});

test.each(['', 'no address', 'https://', '//host/path'])('%p is none', (text) => {
	expect(parsedUrl(text)).toBeUndefined();
});

test('a part of an address is read against the whole one', () => {
	expect(parsedUrl('/b', 'https://example.com/a')?.href).toBe('https://example.com/b');
});
