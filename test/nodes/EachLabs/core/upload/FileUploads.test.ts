import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';

import { Scope } from '../../../../../nodes/EachLabs/core/Scope';
import { EachLabsClient } from '../../../../../nodes/EachLabs/core/api/EachLabsClient';
import { FileUploads, type FileUploadsContext } from '../../../../../nodes/EachLabs/core/upload/FileUploads';
import type { MediaFile } from '../../../../../nodes/EachLabs/core/media/media';
import type { HttpRequest } from '../../../../../nodes/EachLabs/core/host';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import { plain, REFUSED, RESET } from '../../../../support/ScriptedTransport';
import {
	SIMULATED_BASE_URL,
	SimulatedEachLabs,
	type Endpoint,
	type Fault,
	type SimulationOptions,
} from '../../../../support/SimulatedEachLabs';
import { VirtualClock } from '../../../../support/VirtualClock';

const LABEL = "the file 'a.gif' in binary field 'data'";

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

/** A run's uploads against the simulated service. */
class Bench {
	readonly clock = new VirtualClock(() => 0.5);
	readonly stop = new AbortController();
	readonly service: SimulatedEachLabs;
	readonly uploads: FileUploads;
	/** While it lasts, an endpoint answers 503. */
	outage: { endpoint: Endpoint; fromMs: number; toMs: number } | undefined;
	/** How often each file was opened, by content. */
	private stored = 0;
	readonly opened = new Map<string, number>();

	constructor(service: SimulationOptions = {}, context: Partial<FileUploadsContext> = {}) {
		this.service = new SimulatedEachLabs(this.clock, {
			...service,
			fault: (endpoint, request, ordinal) => {
				const { outage } = this;
				const nowMs = this.clock.monotonicMs();
				return outage?.endpoint === endpoint && nowMs >= outage.fromMs && nowMs < outage.toMs
					? { acts: false, gives: plain(503, '') }
					: service.fault?.(endpoint, request, ordinal);
			},
		});
		this.uploads = new FileUploads({
			client: new EachLabsClient(this.service, this.clock, SIMULATED_BASE_URL),
			clock: this.clock,
			isAllowedStorageUrl: (url) => url.startsWith('https://'),
			retentionSeconds: 3_600,
			keep: false,
			abortSignal: this.stop.signal,
			...context,
		});
	}

	file(content: string, overrides: Partial<MediaFile> = {}): MediaFile {
		const bytes = Buffer.from(content);
		return {
			kind: 'image',
			name: 'a.gif',
			contentType: 'image/gif',
			byteLength: bytes.length,
			identity: `filesystem:${this.stored++}`,
			open: async () => {
				this.opened.set(content, (this.opened.get(content) ?? 0) + 1);
				return await Promise.resolve(Readable.from([bytes.subarray(0, 2), bytes.subarray(2)]));
			},
			...overrides,
		};
	}

	/** The public URL, or the error. */
	async upload(file: MediaFile, maxWaitMs = 600_000): Promise<string | PredictionError> {
		return await this.uploads
			.upload(file, LABEL, new Scope(this.clock, maxWaitMs, this.stop.signal))
			.catch((error: unknown) => error as PredictionError);
	}

	async run(...files: MediaFile[]): Promise<Array<string | PredictionError>> {
		return await this.clock.run(Promise.all(files.map(async (file) => await this.upload(file))));
	}

	count(endpoint: Endpoint): number {
		return this.service.sent(endpoint).length;
	}

	/** What the first address was asked for with. */
	presignBody(): unknown {
		return JSON.parse(this.service.sent('presign')[0]?.request.body as string);
	}

	/** When PUTs were sent, in seconds. */
	get putsAtS(): number[] {
		return this.service.sent('put').map(({ atMs }) => atMs / 1_000);
	}
}

/** The first so many requests to an endpoint go wrong. */
function failing(
	endpoint: Endpoint,
	count: number,
	gives: Fault['gives'],
	acts = false,
): SimulationOptions['fault'] {
	return (asked, _, ordinal) => (asked === endpoint && ordinal < count ? { acts, gives } : undefined);
}

test('the same bytes are uploaded anew once the first ones may be gone before a model reads them', async () => {
	const bench = new Bench({}, { retentionSeconds: 600 });
	const upload = async () =>
		await bench.clock.run(bench.uploads.upload(bench.file('same'), LABEL, new Scope(bench.clock, 60_000)));
	const first = await upload();
	await bench.clock.pass(299_000);
	expect(await upload()).toBe(first);
	await bench.clock.pass(10_000);
	const second = await upload();
	expect(second).not.toBe(first);
	expect(await upload()).toBe(second);
});

describe('an upload', () => {
	test('asks for an address, puts the bytes there, and answers where they can be read', async () => {
		const bench = new Bench();
		const [url] = await bench.run(bench.file('some bytes'));
		expect(url).toBe('https://files.test/f0');
		expect(bench.service.requests.map(({ endpoint }) => endpoint)).toEqual(['presign', 'put']);
		expect(bench.presignBody()).toEqual({
			content_type: 'image/gif',
			file_type: 'image',
			expires_in_seconds: 3_600,
		});
		expect(bench.service.files.get('f0')).toMatchObject({
			uploads: 1,
			sha256: sha256(Buffer.from('some bytes')),
		});
	});

	test.each([
		['image', 'image'],
		['video', 'video'],
		['audio', 'audio'],
		['document', 'other'],
	] as const)('calls a %s %p', async (kind, fileType) => {
		const bench = new Bench();
		await bench.run(bench.file('x', { kind }));
		expect(bench.presignBody()).toMatchObject({
			file_type: fileType,
		});
	});

	test('sends its exact length and the headers that the service asked for, and no credential', async () => {
		const bench = new Bench();
		await bench.run(bench.file('some bytes'));
		const put = bench.service.sent('put')[0]?.request as HttpRequest;
		expect(put).toMatchObject({ method: 'PUT', authenticated: false });
		expect(put.headers).toEqual({
			'x-amz-acl': 'public-read',
			'Content-Type': 'image/gif',
			'Content-Length': '10',
		});
	});

	test('goes out with at most two others at once', async () => {
		const bench = new Bench({ latencyMs: 1_000 });
		await bench.run(...Array.from({ length: 9 }, (_, index) => bench.file('x'.repeat(index + 1))));
		expect(bench.putsAtS).toEqual([1, 1, 1, 3, 3, 3, 5, 5, 5]);
	});

	test('of bytes that are held in memory works just as well', async () => {
		const bench = new Bench();
		const bytes = Buffer.from('some bytes');
		await bench.run(bench.file('some bytes', { open: async () => await Promise.resolve(bytes) }));
		expect(bench.service.files.get('f0')?.sha256).toBe(sha256(bytes));
	});

	test('of a picture that is cut off is refused', async () => {
		const bench = new Bench();
		const start = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]);
		const [error] = await bench.run(
			bench.file('cut', { contentType: 'image/jpeg', open: async () => await Promise.resolve(start) }),
		);
		expect(error).toMatchObject({ kind: 'invalidInput', message: expect.stringContaining('cut off') });
	});

	test('to an address without https is refused, and nothing is sent there', async () => {
		const bench = new Bench({}, { isAllowedStorageUrl: () => false });
		const [error] = await bench.run(bench.file('x'));
		expect(error).toMatchObject({ kind: 'unexpectedAnswer' });
		expect(bench.count('put')).toBe(0);
		await bench.clock.run(bench.uploads.deletion.deleteAll());
		expect(bench.count('delete')).toBe(1);
	});

	test('leaves one listener on the signal that all of them share', async () => {
		const bench = new Bench({ latencyMs: 1_000 });
		const done = bench.run(...Array.from({ length: 30 }, (_, index) => bench.file('x'.repeat(index + 1))));
		await bench.clock.pass(500);
		expect(getEventListeners(bench.stop.signal, 'abort')).toHaveLength(1);
		await done;
	});
});

describe('a put that goes wrong', () => {
	test.each<[string, Fault['gives']]>([
		['a refused connection', REFUSED],
		['a connection that breaks off', RESET],
		['status 500', plain(500, '')],
		['status 503', plain(503, '')],
		['status 408', plain(408, '')],
		['status 429', plain(429, '')],
		['a redirect', plain(307, '', { location: 'https://evil.test' })],
	])('for %s is made again, to the same address', async (_, gives) => {
		const bench = new Bench({ fault: failing('put', 2, gives) });
		const [url] = await bench.run(bench.file('x'));
		expect(url).toBe('https://files.test/f0');
		// After half of 500 ms each.
		expect(bench.putsAtS).toEqual([0.05, expect.closeTo(0.35, 5), expect.closeTo(0.65, 5)]);
		expect(bench.count('presign')).toBe(1);
		expect(bench.opened.get('x')).toBe(3);
	});

	test('to the end of its time fails the item, and says why', async () => {
		const bench = new Bench({ fault: failing('put', Infinity, plain(503, '')) });
		const [error] = await bench.run(bench.file('x'));
		expect(error).toMatchObject({
			kind: 'upload',
			message:
				"The file 'a.gif' in binary field 'data' could not be uploaded: the storage answered with status 503",
		});
		// The waits grow with the outage, so that ten minutes of it cost few requests.
		expect(bench.count('put')).toBeLessThanOrEqual(45);
		expect(bench.count('presign')).toBe(1);
	});

	test('three times while others come through fails the item', async () => {
		const bench = new Bench({
			fault: (endpoint, request) =>
				endpoint === 'put' && request.headers['Content-Length'] === '13'
					? { acts: false, gives: RESET }
					: undefined,
			latencyMs: 100,
		});
		const files = Array.from({ length: 200 }, (_, index) => bench.file('x'.repeat(index + 1)));
		const outcomes = await bench.run(...files);
		expect(outcomes.filter((outcome) => outcome instanceof PredictionError)).toHaveLength(1);
		expect(outcomes[12]).toMatchObject({ kind: 'upload' });
		expect(bench.clock.monotonicMs()).toBeLessThan(60_000);
	});

	test('of all items waits at one gate until the storage is back', async () => {
		const bench = new Bench({ latencyMs: 2 });
		bench.outage = { endpoint: 'put', fromMs: 20, toMs: 20_000 };
		const files = Array.from({ length: 100 }, (_, index) => bench.file('x'.repeat(index + 1)));
		const outcomes = await bench.run(...files);
		expect(outcomes.filter((outcome) => outcome instanceof PredictionError)).toEqual([]);
		expect(bench.count('put')).toBeLessThanOrEqual(115);
		expect(bench.clock.monotonicMs()).toBeLessThan(36_000);
	});

	test.each([400, 404, 411, 413])('for status %p fails at once, since it would again', async (status) => {
		const bench = new Bench({ fault: failing('put', 9, plain(status, '')) });
		const [error] = await bench.run(bench.file('x'));
		expect(error).toMatchObject({ kind: 'upload' });
		expect(bench.count('put')).toBe(1);
	});

	test('keeps off for as long as the storage asks', async () => {
		const bench = new Bench({ fault: failing('put', 1, plain(503, '', { 'retry-after': '30' })) });
		await bench.run(bench.file('x'));
		expect((bench.putsAtS[1] ?? 0) - (bench.putsAtS[0] ?? 0)).toBeGreaterThanOrEqual(30);
	});

	test('ends where the storage asks for more time than the item has', async () => {
		const bench = new Bench({ fault: failing('put', 9, plain(503, '', { 'retry-after': '1000000000' })) });
		const [error] = await bench.run(bench.file('x'));
		expect(error).toMatchObject({ kind: 'upload' });
		expect(bench.clock.monotonicMs()).toBeLessThan(1_000);
	});

	test('by silence is ended after 30 s without progress', async () => {
		const bench = new Bench({ fault: failing('put', 1, 'silence') });
		const [url] = await bench.run(bench.file('x'));
		expect(url).toBe('https://files.test/f0');
		expect(bench.putsAtS).toEqual([0.05, expect.closeTo(30.3, 5)]);
	});

	test('in an outage adds at most a fifth to the traffic of a thousand items', async () => {
		const bench = new Bench({ latencyMs: 2, fault: failing('put', Infinity, plain(503, '')) });
		const files = Array.from({ length: 1_000 }, (_, index) => bench.file('x', { byteLength: index + 1 }));
		const outcomes = await bench.run(...files);
		expect(outcomes.every((outcome) => outcome instanceof PredictionError)).toBe(true);
		// A thousand addresses are asked for, and each is put to once and a bit.
		expect(bench.service.requests.length / 2_000).toBeLessThanOrEqual(1.2);
	});
});

test.each([
	['the ID', { id: 'one', public_url: 'https://files.test/two' }],
	['the address', { id: 'two', public_url: 'https://files.test/one' }],
	[
		'another upload host',
		{ presigned_url: 'https://elsewhere.test/two', id: 'two', public_url: 'https://files.test/two' },
	],
])('an answer with %s of another one is refused, and nothing is sent there', async (_, second) => {
	const first = {
		id: 'one',
		presigned_url: 'https://storage.test/one',
		public_url: 'https://files.test/one',
		required_headers: {},
	};
	const bench = new Bench({
		fault: (endpoint, _request, ordinal) =>
			endpoint === 'presign'
				? { acts: false, gives: plain(200, JSON.stringify(ordinal === 0 ? first : { ...first, ...second })) }
				: endpoint === 'put'
					? { acts: false, gives: plain(200, '') }
					: undefined,
	});
	expect(await bench.run(bench.file('x'))).toEqual(['https://files.test/one']);
	const [error] = await bench.run(bench.file('xy'));
	expect(error).toMatchObject({
		kind: 'unexpectedAnswer',
		description: expect.stringContaining('The file was not sent.'),
	});
	expect(bench.count('put')).toBe(1);
});

test.each([
	['whose bytes the storage has all been given', true, [1, 4]],
	['of which bytes are missing', false, [1]],
] as const)(
	'a file %s when its upload breaks off at a stop: its deletions, in s',
	async (_, acts, deletedAtSeconds) => {
		const bench = new Bench({ fault: failing('put', 1, 'silence', acts) });
		const done = bench.run(bench.file('x'));
		await bench.clock.pass(1_000);
		bench.stop.abort();
		await done;
		expect(await bench.clock.run(bench.uploads.deletion.deleteAll())).toMatchObject({ leftIds: [] });
		expect(bench.service.sent('delete').map(({ atMs }) => Math.round(atMs / 1_000))).toEqual(
			deletedAtSeconds,
		);
	},
);

describe('the deadline of an item', () => {
	test.each<[Endpoint, boolean, string]>([
		['presign', false, 'Each Labs gave no address for it'],
		['put', true, 'the storage of Each Labs has taken its bytes, but did not answer'],
	])(
		'that passes while a %s gets no answer ends it, and says what was waited for',
		async (endpoint, acts, reason) => {
			const bench = new Bench({
				fault: (of) => (of === endpoint ? { acts, gives: 'silence' } : undefined),
			});
			const error = await bench.clock.run(bench.upload(bench.file('x'), 45_000));
			expect(error).toMatchObject({
				kind: 'deadline',
				message: `The file 'a.gif' in binary field 'data' was not uploaded in its time: ${reason}`,
				description: expect.stringContaining("raise the option 'Max Wait'"),
			});
			expect(bench.clock.monotonicMs()).toBeLessThanOrEqual(45_000);
		},
	);

	test('that passes while a file is on its way through a slow line is no fault of the network', async () => {
		const bench = new Bench({ latencyMs: 20_000 });
		const error = await bench.clock.run(bench.upload(bench.file('x'), 35_000));
		expect(error).toMatchObject({ kind: 'deadline' });
	});

	test('does not hide what the storage answered before it', async () => {
		const bench = new Bench({ fault: failing('put', 9, plain(503, '')) });
		const error = await bench.clock.run(bench.upload(bench.file('x'), 600));
		expect(error).toMatchObject({ kind: 'upload', message: expect.stringContaining('status 503') });
	});
});

test("the wait for other items' uploads is not an item's own time, the wait for its own files is", async () => {
	// Each upload takes 40 s, and three go out at a time: those of the last item begin after 120 s.
	const bench = new Bench({ latencyMs: 20_000 });
	const upload = async (content: string, scope: Scope) =>
		await bench.uploads.upload(bench.file(content), LABEL, scope).catch((error: unknown) => error);
	const outcomes = await bench.clock.run(
		Promise.all(
			[1, 2, 3, 4].map(async (item) => {
				const scope = new Scope(bench.clock, 50_000);
				const urls = await Promise.all(
					[1, 2, 3].map(async (file) => await upload('x'.repeat(10 * item + file), scope)),
				);
				return { urls, leftMs: scope.remainingMs() };
			}),
		),
	);
	expect(outcomes.flatMap(({ urls }) => urls).filter((url) => url instanceof PredictionError)).toEqual([]);
	expect(outcomes.map(({ leftMs }) => leftMs)).toEqual([10_000, 10_000, 10_000, 10_000]);
});

describe('an address that has expired', () => {
	test('is replaced by a new one', async () => {
		const bench = new Bench({ fault: failing('put', 1, plain(403, 'Request has expired')) });
		const [url] = await bench.run(bench.file('x'));
		expect(url).toBe('https://files.test/f1');
		expect(bench.count('presign')).toBe(2);
	});

	test('is replaced once an item', async () => {
		const bench = new Bench({ fault: failing('put', 9, plain(403, 'AccessDenied')) });
		const [error] = await bench.run(bench.file('x'));
		expect(error).toMatchObject({ kind: 'upload', message: expect.stringContaining('status 403') });
		expect([bench.count('presign'), bench.count('put')]).toEqual([2, 2]);
	});

	test('by its age of over 12 minutes is not tried any more', async () => {
		const bench = new Bench({ fault: failing('put', 2, plain(503, '', { 'retry-after': '600' })) });
		const [url] = await bench.clock.run(Promise.all([bench.upload(bench.file('x'), 3_600_000)]));
		expect(url).toBe('https://files.test/f1');
	});

	test('does not happen in the queue, since it is asked for when its turn has come', async () => {
		const bench = new Bench({ latencyMs: 20_000 });
		const files = Array.from({ length: 90 }, (_, index) => bench.file('x'.repeat(index + 1)));
		const outcomes = await bench.run(...files);
		expect(outcomes.filter((outcome) => outcome instanceof PredictionError)).toEqual([]);
		// Twenty minutes, more than an address lives.
		expect(bench.clock.monotonicMs()).toBe(1_200_000);
		const presignedAtMs = bench.service.sent('presign').map(({ atMs }) => atMs);
		const ages = bench.service.sent('put').map(({ atMs }, index) => atMs - (presignedAtMs[index] ?? NaN));
		expect(new Set(ages)).toEqual(new Set([20_000]));
	});
});

describe('the same bytes', () => {
	test('in one run are uploaded once, however many items have them at once', async () => {
		const bench = new Bench();
		const urls = await bench.run(...Array.from({ length: 20 }, () => bench.file('same')));
		expect(new Set(urls)).toEqual(new Set(['https://files.test/f0']));
		expect([bench.count('presign'), bench.count('put')]).toEqual([1, 1]);
	});

	test('are told from others of the same length', async () => {
		const bench = new Bench();
		const contents = ['aaaa', 'bbbb', 'aaaa', 'bbbb', 'cccc', 'bbbb'];
		const urls = await bench.run(...contents.map((content) => bench.file(content)));
		expect(urls.map((url) => contents[urls.indexOf(url)])).toEqual(contents);
		expect(bench.count('put')).toBe(3);
	});

	test('are told apart by reading each of a thousand files of one size once', async () => {
		const bench = new Bench();
		const contents = Array.from({ length: 1_000 }, (_, index) => String(index).padStart(4, '0'));
		const urls = await bench.run(...contents.map((content) => bench.file(content)));
		expect(new Set(urls).size).toBe(1_000);
		// Once to compare it, once to send it.
		expect(Math.max(...bench.opened.values())).toBe(2);
	});

	test('are not even read where the host knows them to be the same', async () => {
		const bench = new Bench();
		await bench.run(...Array.from({ length: 5 }, () => bench.file('same', { identity: 'filesystem:same' })));
		expect(bench.opened.get('same')).toBe(1);
	});

	test('are not read again where their hash is known', async () => {
		const bench = new Bench();
		const identity = `sha256:${createHash('sha256').update('same').digest('hex')}`;
		await bench.run(...Array.from({ length: 5 }, () => bench.file('same', { identity })), bench.file('same'));
		// The one that is stored is compared.
		expect([bench.opened.get('same'), bench.count('put')]).toEqual([2, 1]);
	});

	test('of another declared type are a file of their own', async () => {
		const bench = new Bench();
		await bench.run(bench.file('same'), bench.file('same', { contentType: 'image/bmp' }));
		expect(bench.count('put')).toBe(2);
	});

	test('whose first upload fails get a try of their own', async () => {
		const bench = new Bench({ fault: failing('put', 1, plain(413, '')) });
		const [first, second] = await bench.run(bench.file('same'), bench.file('same'));
		expect(first).toMatchObject({ kind: 'upload' });
		expect(second).toBe('https://files.test/f1');
	});

	test('are not looked for in a file that can no longer be read', async () => {
		const bench = new Bench();
		const gone = bench.file('same', {
			open: async () => await Promise.reject(new Error('the file is gone')),
		});
		const [first, second] = await bench.run(gone, bench.file('same'));
		expect(first).toMatchObject({ message: 'the file is gone' });
		expect(second).toEqual(expect.stringContaining('https://files.test/'));
	});
});

describe('a stop', () => {
	test('ends uploads at once, and starts no other', async () => {
		const bench = new Bench({ latencyMs: 1_000 });
		void bench.clock.elapse(1_500).then(() => bench.stop.abort());
		const outcomes = await bench.run(
			...Array.from({ length: 10 }, (_, index) => bench.file('x'.repeat(index + 1))),
		);
		expect(
			outcomes.every((outcome) => outcome instanceof PredictionError && outcome.kind === 'stopped'),
		).toBe(true);
		expect(bench.clock.monotonicMs()).toBe(1_500);
		expect(bench.count('presign')).toBe(3);
	});
});

describe('after the run', () => {
	test('everything is deleted, at most five at once, what failed to be put as well', async () => {
		const bench = new Bench({ fault: failing('put', 3, plain(413, '')) });
		await bench.run(...Array.from({ length: 12 }, (_, index) => bench.file('x'.repeat(index + 1))));
		bench.stop.abort();
		const fromMs = bench.clock.monotonicMs();
		expect(await bench.clock.run(bench.uploads.deletion.deleteAll())).toMatchObject({ leftIds: [] });
		expect([...bench.service.files.values()].filter(({ deleted }) => !deleted)).toEqual([]);
		const waves = new Map<number, number>();
		for (const { atMs } of bench.service.sent('delete'))
			waves.set(atMs - fromMs, (waves.get(atMs - fromMs) ?? 0) + 1);
		expect(Math.max(...waves.values())).toBe(5);
	});

	test('what was released stays, and what shares its bytes is deleted all the same', async () => {
		const bench = new Bench();
		const apart = async () =>
			await bench.uploads.uploadApart(bench.file('same'), LABEL, new Scope(bench.clock, 600_000));
		const [kept] = await bench.clock.run(Promise.all([apart(), apart(), bench.upload(bench.file('same'))]));
		expect(kept).toMatchObject({ id: 'f0', publicUrl: 'https://files.test/f0' });
		bench.uploads.deletion.release([kept]);
		expect(await bench.clock.run(bench.uploads.deletion.deleteAll())).toMatchObject({ leftIds: [] });
		expect([...bench.service.files].map(([id, { deleted }]) => [id, deleted])).toEqual([
			['f0', false],
			['f1', true],
			['f2', true],
		]);
	});

	test('nothing is deleted where the user keeps the uploads', async () => {
		const bench = new Bench({}, { keep: true });
		await bench.run(bench.file('x'));
		await bench.clock.run(bench.uploads.deletion.deleteAll());
		expect(bench.count('delete')).toBe(0);
	});

	test.each<[string, Fault['gives']]>([
		['refuses', plain(500, '')],
		['is silent', 'silence'],
		['is away', REFUSED],
	])('the run ends within a minute and a half where the service %s', async (_, gives) => {
		const bench = new Bench({ fault: failing('delete', Infinity, gives) });
		await bench.run(...Array.from({ length: 100 }, (_unused, index) => bench.file('x'.repeat(index + 1))));
		const fromMs = bench.clock.monotonicMs();
		const { leftIds } = await bench.clock.run(bench.uploads.deletion.deleteAll());
		expect(leftIds).toHaveLength(100);
		expect(bench.clock.monotonicMs() - fromMs).toBeLessThanOrEqual(90_000);
		expect(bench.clock.pending).toBe(0);
	});

	test('it is told how many stay, and until when the last of them does', async () => {
		const bench = new Bench({ fault: failing('delete', Infinity, plain(500, '')) });
		await bench.run(bench.file('x'));
		await bench.clock.pass(60_000);
		await bench.run(bench.file('xy'));
		const endMs = bench.clock.epochMs() + 3_600_000;
		const { leftIds, untilEpochMs } = await bench.clock.run(bench.uploads.deletion.deleteAll());
		expect(leftIds).toEqual(['f0', 'f1']);
		expect(untilEpochMs).toBeLessThanOrEqual(endMs);
		expect(untilEpochMs).toBeGreaterThan(endMs - 60_000);
	});
});

describe('a store of binary data', () => {
	const hanging = async () => await new Promise<never>(() => undefined);

	test('that does not open a file ends its item at the deadline, not later', async () => {
		const bench: Bench = new Bench();
		const outcome = await bench.clock.run(bench.upload(bench.file('abc', { open: hanging }), 20_000));
		expect(outcome).toMatchObject({
			kind: 'deadline',
			message: expect.stringContaining("n8n's store of binary data did not answer in time"),
		});
		expect(bench.clock.monotonicMs()).toBeLessThanOrEqual(20_500);
		expect(bench.count('put')).toBe(0);
	});

	test('that does not open a file lets a stop end the run at once', async () => {
		const bench: Bench = new Bench();
		const uploading = bench.upload(bench.file('abc', { open: hanging }));
		await bench.clock.pass(5_000);
		bench.stop.abort();
		expect(await bench.clock.run(uploading)).toMatchObject({ kind: 'stopped' });
		expect(bench.clock.monotonicMs()).toBeLessThan(6_000);
	});

	test('that gives fewer bytes than the file has ends its item at once, and leaves nothing behind', async () => {
		const bench: Bench = new Bench();
		const [outcome] = await bench.run(bench.file('abcdef', { byteLength: 1_000 }));
		expect(outcome).toMatchObject({
			kind: 'invalidInput',
			message: "The file 'a.gif' in binary field 'data' ended after 6 of its 1,000 bytes",
		});
		expect(bench.clock.monotonicMs()).toBeLessThan(1_000);
		expect(bench.count('put')).toBe(1);
		await bench.clock.run(bench.uploads.deletion.deleteAll());
		expect([...bench.service.files.values()].every(({ deleted }) => deleted)).toBe(true);
	});
});
