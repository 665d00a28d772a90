import { createHash } from 'node:crypto';
import sharp from 'sharp';

import * as pictures from '../../sandbox/answer/describePicture';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { SandboxClient } from './SandboxClient';

/** Counts the looks at pictures, and lets a test hold them up; what is seen is what is there. */
jest.mock('../../sandbox/answer/describePicture', () => {
	const real = jest.requireActual<typeof pictures>('../../sandbox/answer/describePicture');
	return { ...real, describePicture: jest.fn(real.describePicture) };
});
const describePicture = jest.mocked(pictures.describePicture);
const realDescribe = jest.requireActual<typeof pictures>(
	'../../sandbox/answer/describePicture',
).describePicture;

let sandbox: Sandbox;
let client: SandboxClient;

beforeEach(async () => {
	describePicture.mockClear();
	describePicture.mockImplementation(realDescribe);
	sandbox = await startSandbox({ scenario: { runTimeMs: { min: 1, max: 1 } } });
	client = new SandboxClient(sandbox);
});
afterEach(async () => await sandbox.close());

async function plain(background: string, width = 90): Promise<Buffer> {
	return await sharp({ create: { width, height: 70, channels: 3, background } })
		.png()
		.toBuffer();
}

async function until(isReached: () => boolean): Promise<void> {
	while (!isReached()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Holds up every look until it is opened, and tells how many were under way at once. */
function holdUp(): { open: () => void; mostAtOnce: () => number } {
	let open: () => void = () => undefined;
	const opened = new Promise<void>((resolve) => (open = resolve));
	let underWay = 0;
	let most = 0;
	describePicture.mockImplementation(async (...given) => {
		underWay += 1;
		most = Math.max(most, underWay);
		await opened;
		try {
			return await realDescribe(...given);
		} finally {
			underWay -= 1;
		}
	});
	return { open: () => open(), mostAtOnce: () => most };
}

test('an upload is looked at as soon as it is there, and not again for its predictions', async () => {
	const { public_url } = await client.upload(await plain('#ff0000'), 'image/png');
	await until(() => describePicture.mock.calls.length === 1);
	for (const prompt of ['What is it?', 'What else?']) {
		expect(await client.ask(prompt, public_url)).toContain('all red');
	}
	expect(describePicture).toHaveBeenCalledTimes(1);
});

test('the same bytes are looked at once, however many files have them', async () => {
	const bytes = await plain('#118822');
	const gate = holdUp();
	const urls: string[] = [];
	for (let count = 0; count < 4; count += 1) urls.push((await client.upload(bytes, 'image/png')).public_url);
	gate.open();
	expect(await client.ask('What is it?', ...urls)).toContain('Medium 4 of 4 is a PNG');
	expect(describePicture).toHaveBeenCalledTimes(1);
});

test('two pictures at a time are looked at, for flat memory', async () => {
	const gate = holdUp();
	const urls: string[] = [];
	for (let width = 20; width < 26; width += 1) {
		urls.push((await client.upload(await plain('#118822', width), 'image/png')).public_url);
	}
	const answer = client.ask('What is it?', ...urls);
	await until(() => gate.mostAtOnce() === 2);
	gate.open();
	expect(await answer).toContain('Medium 6 of 6');
	expect(gate.mostAtOnce()).toBe(2);
	expect(describePicture).toHaveBeenCalledTimes(6);
});

test('other bytes under the same address are seen', async () => {
	const presigned = await client.upload(await plain('#ff0000'), 'image/png');
	expect(await client.ask('What is it?', presigned.public_url)).toContain('all red');
	const again = await fetch(presigned.presigned_url, {
		method: 'PUT',
		headers: { ...presigned.required_headers, 'content-type': 'image/png' },
		body: await plain('#0000ff'),
	});
	expect(again.status).toBe(200);
	expect(await client.ask('What is it?', presigned.public_url)).toContain('all blue');
});

test('a file whose twin was deleted before its turn is looked at itself', async () => {
	const bytes = await plain('#118822');
	const gate = holdUp();
	// Both places are taken, so that the twins have to wait.
	await client.upload(await plain('#ff0000'), 'image/png');
	await client.upload(await plain('#0000ff'), 'image/png');
	await until(() => gate.mostAtOnce() === 2);
	const deleted = await client.upload(bytes, 'image/png');
	const kept = await client.upload(bytes, 'image/png');
	await client.send('DELETE', `/v1/files/${deleted.id}`);
	const answer = client.ask('What is it?', kept.public_url);
	await until(() => sandbox.ledger.predictions.length === 1);
	gate.open();
	expect(await answer).toContain('all green');
});

test('what can not be read is told to the prediction that asks, with its own address', async () => {
	const text = Buffer.from('no picture');
	const first = await client.upload(text, 'image/png');
	const second = await client.upload(text, 'image/png');
	expect(createHash('sha256').update(text).digest('hex')).toBe(sandbox.ledger.files[1]?.sha256);
	for (const { public_url } of [first, second]) {
		expect(await client.ask('What is it?', public_url)).toMatchObject({
			error_code: 'media_unreadable',
			error_message: expect.stringContaining(public_url),
		});
	}
});

test('closing waits for the look that is under way, and leaves those that wait', async () => {
	const gate = holdUp();
	for (let width = 20; width < 24; width += 1)
		await client.upload(await plain('#118822', width), 'image/png');
	await until(() => gate.mostAtOnce() === 2);
	const closing = sandbox.close();
	// The servers are the last to go, so they answer as long as a picture is looked at.
	for (let count = 0; count < 10; count += 1) {
		expect((await client.send('GET', '/v1/models')).status).toBe(200);
	}
	gate.open();
	await closing;
	expect(describePicture).toHaveBeenCalledTimes(2);
});
