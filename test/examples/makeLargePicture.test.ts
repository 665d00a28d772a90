import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { makeLargePicture } from '../../examples/makeLargePicture';

const folder = mkdtempSync(join(tmpdir(), 'large-picture-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('draws a JPEG of nearly 7 MB, the same each time', async () => {
	const paths = [join(folder, 'first.jpg'), join(folder, 'second.jpg')] as const;
	for (const path of paths) {
		const byteLength = await makeLargePicture(path);
		expect(byteLength).toBeGreaterThanOrEqual(6_500_000);
		expect(byteLength).toBeLessThan(7_000_000);
		expect(readFileSync(path).length).toBe(byteLength);
	}
	expect(await sharp(paths[0]).metadata()).toMatchObject({ format: 'jpeg', width: 4200, height: 2800 });
	expect(readFileSync(paths[0]).equals(readFileSync(paths[1]))).toBe(true);
}, 120_000);
