import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { INodeParameters } from 'n8n-workflow';

import type { LedgerFile } from '../../sandbox/ledger';
import { startSandbox } from '../../sandbox/startSandbox';
import type { UploadReport } from './uploadLargeVideo';

const TIME_LIMIT_MS = 120_000;

/** Sends one video through the node in a process of its own, against a sandbox in this one. */
export async function measureUploadMemory(
	byteLength: number,
	parameters: INodeParameters = { resource: 'video', operation: 'analyze', text: 'What is it?' },
): Promise<{ report: UploadReport; stored: LedgerFile | undefined }> {
	const sandbox = await startSandbox({ scenario: { runTimeMs: { min: 20, max: 60 } } });
	try {
		const { stdout } = await promisify(execFile)(
			process.execPath,
			[
				'--expose-gc',
				'--import',
				'tsx',
				join(__dirname, 'uploadLargeVideo.ts'),
				sandbox.baseUrl,
				String(byteLength),
				JSON.stringify(parameters),
			],
			{ cwd: join(__dirname, '../..'), timeout: TIME_LIMIT_MS, maxBuffer: 1_048_576 },
		);
		const report = JSON.parse(stdout) as UploadReport;
		return { report, stored: sandbox.ledger.files.find((file) => file.byteLength === byteLength) };
	} finally {
		await sandbox.close();
	}
}
