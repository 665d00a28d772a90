import { measureUploadMemory } from '../../bench/measureUploadMemory';

const MIB = 1_048_576;

test('a video of 100 MB passes through, byte for byte, and takes at most 64 MB of memory', async () => {
	const { report, stored } = await measureUploadMemory(100 * MIB);
	expect(report).toMatchObject({ status: 'success', byteLength: 100 * MIB });
	expect(report.text).toContain('It was sent a video of 4.0 seconds and 104,857,600 bytes');
	expect(stored).toMatchObject({ sha256: report.sha256, byteLength: 100 * MIB, uploads: 1, deleted: true });
	expect(report.growthBytes / MIB).toBeLessThanOrEqual(64);
}, 120_000);

test('a video that is to stay takes no more, and is still there', async () => {
	const { report, stored } = await measureUploadMemory(100 * MIB, { resource: 'file', operation: 'upload' });
	expect(report).toMatchObject({ status: 'success', text: stored?.publicUrl });
	expect(stored).toMatchObject({ sha256: report.sha256, byteLength: 100 * MIB, uploads: 1, deleted: false });
	expect(report.growthBytes / MIB).toBeLessThanOrEqual(64);
}, 120_000);
