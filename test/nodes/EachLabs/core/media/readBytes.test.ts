import { Readable } from 'node:stream';

import { readBytes } from '../../../../../nodes/EachLabs/core/media/readBytes';
import { Scope } from '../../../../../nodes/EachLabs/core/Scope';
import { VirtualClock } from '../../../../support/VirtualClock';

const PIECES = ['one', 'two', 'three'].map((text) => Buffer.from(text));

/** A stream that gives these pieces and then nothing more, without an end. */
function hanging(pieces: readonly Buffer[]): Readable {
	const left = [...pieces];
	return new Readable({
		read() {
			const next = left.shift();
			if (next) this.push(next);
		},
	});
}

/** Reads with one limit of a second; answers what was read until the end, or until it was given up. */
async function read(
	open: () => Promise<Uint8Array | Readable>,
	mostPieces = Infinity,
	clock = new VirtualClock(),
) {
	const pieces: string[] = [];
	const scope = new Scope(clock, 1_000);
	const time = { scope: () => scope, onTimeout: () => new Error('too late') };
	const ended = readBytes({ open }, time, (chunk) => {
		pieces.push(Buffer.from(chunk).toString());
		return pieces.length < mostPieces;
	});
	const reason = await clock.run(
		ended.then(
			() => undefined,
			(error: unknown) => String(error),
		),
	);
	return { pieces, reason };
}

test.each([
	['as a stream to its end', Infinity, ['one', 'two', 'three']],
	['as a stream, as far as it is wanted', 2, ['one', 'two']],
])('reads a file %s, and closes it', async (_, mostPieces, expected) => {
	const stream = Readable.from(PIECES);
	expect(await read(async () => await Promise.resolve(stream), mostPieces)).toEqual({ pieces: expected });
	expect(stream.destroyed).toBe(true);
});

test('hands a file in memory on as one piece', async () => {
	const bytes = Buffer.concat(PIECES);
	expect(await read(async () => await Promise.resolve(bytes))).toEqual({ pieces: ['onetwothree'] });
});

test('closes a stream that stands still when its time is over', async () => {
	const stream = hanging(PIECES.slice(0, 1));
	const { pieces, reason } = await read(async () => await Promise.resolve(stream));
	expect(pieces).toEqual(['one']);
	expect(reason).toBe('Error: too late');
	expect(stream.destroyed).toBe(true);
});

test('closes a stream that opens only when its time is over', async () => {
	const clock = new VirtualClock();
	const stream = hanging([]);
	const opened = clock.sleep(5_000).then(() => stream);
	expect(await read(async () => await opened, Infinity, clock)).toEqual({
		pieces: [],
		reason: 'Error: too late',
	});
	await clock.run(opened);
	expect(stream.destroyed).toBe(true);
});
