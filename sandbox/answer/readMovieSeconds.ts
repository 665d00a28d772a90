import { open, type FileHandle } from 'node:fs/promises';

interface Box {
	type: string;
	/** Where its content starts, and where the box ends, in bytes from the file's start. */
	contentAt: number;
	endAt: number;
}

/**
 * The length of an MP4 in seconds by its movie header, or null without one.
 *
 * Here because music-metadata tells the length of MP4 sound tracks only, and many videos have none.
 */
export async function readMovieSeconds(path: string): Promise<number | null> {
	const file = await open(path);
	try {
		const { size } = await file.stat();
		const movie = await findBox(file, 'moov', 0, size);
		const header = movie && (await findBox(file, 'mvhd', movie.contentAt, movie.endAt));
		if (!header) return null;
		const bytes = await readAt(file, header.contentAt, 32);
		if (bytes.length < 32) return null;
		// Version 1 has 64-bit times. Both times come first: created and changed.
		const wide = bytes[0] === 1;
		const unitsPerSecond = bytes.readUInt32BE(wide ? 20 : 12);
		const units = wide ? Number(bytes.readBigUInt64BE(24)) : bytes.readUInt32BE(16);
		return unitsPerSecond === 0 ? null : units / unitsPerSecond;
	} finally {
		await file.close();
	}
}

async function findBox(file: FileHandle, type: string, startAt: number, endAt: number): Promise<Box | null> {
	for (let at = startAt; at + 8 <= endAt; ) {
		const box = await readBox(file, at, endAt);
		if (box === null || box.type === type) return box;
		at = box.endAt;
	}
	return null;
}

/** Null for a box that ends before its own header does: nothing after it can be trusted. */
async function readBox(file: FileHandle, at: number, endAt: number): Promise<Box | null> {
	const head = await readAt(file, at, 16);
	if (head.length < 8) return null;
	const short = head.readUInt32BE(0);
	const isLong = short === 1 && head.length === 16;
	const headerLength = isLong ? 16 : 8;
	const byteLength = isLong ? Number(head.readBigUInt64BE(8)) : short === 0 ? endAt - at : short;
	if (byteLength < headerLength) return null;
	return { type: head.toString('latin1', 4, 8), contentAt: at + headerLength, endAt: at + byteLength };
}

async function readAt(file: FileHandle, at: number, byteLength: number): Promise<Buffer> {
	const { buffer, bytesRead } = await file.read(Buffer.alloc(byteLength), 0, byteLength, at);
	return buffer.subarray(0, bytesRead);
}
