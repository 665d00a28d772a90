import { open } from 'node:fs/promises';

/** The first bytes of a file: `byteLength` of them, fewer when the file is shorter. */
export async function readStart(path: string, byteLength: number): Promise<Buffer> {
	const file = await open(path);
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(byteLength), 0, byteLength, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await file.close();
	}
}
