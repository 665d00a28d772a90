import type { PresignedUpload } from '../api/shapes';
import { PredictionError } from '../PredictionError';

/** The addresses that the service gives to the files of one run, and whether bytes may be sent there. */
export class UploadAddresses {
	private readonly given = new Set<string>();
	private storageHost: string | undefined;

	constructor(private readonly isAllowedUrl: (url: string) => boolean) {}

	/**
	 * Notes a file's ID and address.
	 *
	 * @returns what to say where another file has one of them: one of the two would be asked about in the other's place
	 */
	take({ id, publicUrl }: PresignedUpload): PredictionError | undefined {
		const names = [`id ${id}`, `address ${publicUrl}`];
		if (names.some((name) => this.given.has(name))) {
			return distrusted(
				`Each Labs gave this file the place of another one (file ID ${id})`,
				'Run the item again. If this happens each time, check whether a proxy between n8n and Each Labs repeats answers.',
			);
		}
		for (const name of names) this.given.add(name);
		return undefined;
	}

	/** @returns what to say where bytes must not go there: to an address that is not secure, or on another host than before */
	distrust({ presignedUrl }: PresignedUpload): PredictionError | undefined {
		if (!this.isAllowedUrl(presignedUrl)) {
			return distrusted(
				'Each Labs named an upload address that is not secure (no https)',
				"Check the 'Base URL' in the credential.",
			);
		}
		const { host } = new URL(presignedUrl);
		this.storageHost ??= host;
		if (host === this.storageHost) return undefined;
		return distrusted(
			`Each Labs named another upload host (${host}) than before in this run (${this.storageHost})`,
			"Check the 'Base URL' in the credential, and whether a proxy between n8n and Each Labs changes answers; else run the item again.",
		);
	}
}

function distrusted(message: string, remedy: string): PredictionError {
	return new PredictionError('unexpectedAnswer', message, {
		description: `The file was not sent. ${remedy}`,
	});
}
