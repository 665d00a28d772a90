import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where n8n keeps binary data: files in the user folder, or base64 text inside the items (n8n 1.x's default). */
export type BinaryDataMode = 'filesystem' | 'default';

/**
 * The n8n user folder of this process: settings and, in filesystem mode, binary data. Removed at the end.
 *
 * n8n-core reads its environment when it is first loaded, so this module must be imported before it.
 */
export const userFolder = mkdtempSync(join(tmpdir(), 'n8n-engine-'));

Object.assign(process.env, {
	N8N_USER_FOLDER: userFolder,
	N8N_ENCRYPTION_KEY: 'engine-key',
	N8N_DEFAULT_BINARY_DATA_MODE: process.env.N8N_DEFAULT_BINARY_DATA_MODE ?? 'filesystem',
	N8N_LOG_LEVEL: process.env.N8N_LOG_LEVEL ?? 'silent',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_RUNNERS_ENABLED: 'false',
	// n8n 2.x lets the file nodes read '~/.n8n-files' only; here a run reads the folder that its caller names.
	N8N_RESTRICT_FILE_ACCESS_TO: process.env.N8N_RESTRICT_FILE_ACCESS_TO ?? '',
});

function removeUserFolder(): void {
	rmSync(userFolder, { recursive: true, force: true });
}

// Jest gives every test file its own modules in one process, so there the end is the end of the file.
if (typeof afterAll === 'function') afterAll(removeUserFolder);
else process.once('exit', removeUserFolder);

let frozen = false;

/**
 * Chooses the binary data mode of this process; without a call it is `N8N_DEFAULT_BINARY_DATA_MODE`, else 'filesystem'.
 *
 * @throws Error once the engine has started, since n8n reads the mode only then.
 */
export function chooseBinaryDataMode(mode: BinaryDataMode): void {
	if (frozen) throw new Error('The binary data mode is chosen before the first run or storeBinary call');
	process.env.N8N_DEFAULT_BINARY_DATA_MODE = mode;
}

/** Called by the engine when it starts: from here on the mode is what it is. */
export function freezeEnvironment(): void {
	frozen = true;
}
