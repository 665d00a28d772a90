import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import { resultAddresses } from '../../core/media/resultAddresses';
import { PredictionError } from '../../core/PredictionError';
import type { ItemOptions } from '../../n8n/options';
import type { ItemContext } from '../operation';
import { written } from '../../core/words';

/** @throws {PredictionError} `invalidInput` where there would be no result to download */
export function checkDownloads(
	{ session }: ItemContext,
	{ downloadResults: isWanted }: Pick<ItemOptions, 'downloadResults'>,
): void {
	if (!isWanted || session.options.waitForResult) return;
	throw PredictionError.invalidInput(
		"The option 'Download Results' is on while 'Wait for Result' is off: there is no result yet",
		"Remove one of both options. With 'Wait for Result' off, fetch the files with n8n's HTTP Request node after 'Prediction → Get'.",
	);
}

/**
 * The files that a model has made, as binary fields: `data`, `data_2` and so on, in the order of their addresses. What could not
 * be fetched is named in `notDownloaded`; the result is paid, and stands.
 */
export async function downloadResults(
	{ session, itemIndex }: ItemContext,
	output: unknown,
	{ maxWait }: Pick<ItemOptions, 'maxWait'>,
): Promise<{ readonly files?: IBinaryKeyData; readonly fields: IDataObject }> {
	const scope = session.scope(maxWait);
	const fetched = await Promise.all(
		resultAddresses(output).map(async (url) => ({
			url,
			...(await session.resultFiles.fetch(url, scope)),
		})),
	);
	const files: IBinaryKeyData = {};
	const notDownloaded: IDataObject[] = [];
	for (const [position, one] of fetched.entries()) {
		if ('file' in one) files[position === 0 ? 'data' : `data_${position + 1}`] = one.file;
		else notDownloaded.push({ url: one.url, reason: one.reason });
	}
	const [first] = notDownloaded;
	if (first === undefined) return { files, fields: {} };
	session.addHint(
		`Files of item ${itemIndex} that could not be downloaded: ${written(notDownloaded.length)}. The result stands, with the address of each in 'notDownloaded'. The first one, ${String(first['url'])}: ${String(first['reason'])}.`,
	);
	return { files, fields: { notDownloaded } };
}
