/**
 * `npm run demo`: runs the example workflows in n8n's own engine over the example media, and shows what comes out.
 *
 * Without a key the bundled sandbox stands in for the API. With `EACHLABS_API_KEY` the real API answers, and is paid.
 * Ends with exit code 1 when a file has no result or could not be done.
 */
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { startSandbox, type Sandbox } from '../sandbox/startSandbox';
import { PredictionProgress } from './demo/PredictionProgress';
import { resultPage, type ResultSection } from './demo/resultPage';
import type { ResultRow } from './demo/ResultRow';
import { resultTable } from './demo/resultTable';
import { runExample } from './demo/runExample';
import { makeLargePicture } from './makeLargePicture';

interface DemoExample {
	file: string;
	heading: string;
	introduction: string;
	textHeading: string;
	/** The node whose items are the files that the Each Labs nodes get. */
	countNode: string;
	/** The files of the media folder that need a row. */
	takes: RegExp;
	mayBeEmpty: boolean;
}

const EXAMPLES: DemoExample[] = [
	{
		file: 'alt-text.json',
		heading: 'Alt texts for a folder of pictures',
		introduction: 'What a screen reader speaks in place of each picture, in at most 125 characters.',
		textHeading: 'Alt text',
		countNode: 'Read Pictures',
		takes: /\.(jpg|jpeg|png|webp|gif)$/,
		mayBeEmpty: true,
	},
	{
		file: 'media-review.json',
		heading: 'Review of pictures, videos, recordings and documents',
		introduction: 'One folder with files of every kind: each is sent to the step for its kind.',
		textHeading: 'Text',
		countNode: 'By Kind',
		takes: /\.(jpg|jpeg|png|webp|gif|mp4|wav|pdf)$/,
		mayBeEmpty: false,
	},
];

const SANDBOX_NOTICE = [
	"These answers are the sandbox's, not the model's.",
	'It describes each file by its format, size and colours, to show that the file arrived whole.',
	'With a key in EACHLABS_API_KEY, the same workflows ask the model itself.',
];
const MODEL_NOTICE = ["These answers are the model's: gemini-2-0-flash-lite, through the Each Labs API."];

/** With the model's prices, a picture costs far less than a hundredth of a cent. */
const EXPECTED_COST = 'about 25 predictions, together less than 0.01 USD';

async function main(): Promise<number> {
	const apiKey = process.env.EACHLABS_API_KEY?.trim();
	const stop = new AbortController();
	process.on('SIGINT', () => {
		// Not 'once': a terminal and npm may each pass on the same key press.
		if (stop.signal.aborted) return;
		console.log('\nStopping: what is in progress is cancelled, and uploaded files are deleted.');
		stop.abort();
	});

	const workFolder = await mkdtemp(join(tmpdir(), 'eachlabs-demo-'));
	let sandbox: Sandbox | undefined;
	try {
		if (!apiKey) sandbox = await startSandbox();
		const notice = sandbox ? SANDBOX_NOTICE : MODEL_NOTICE;
		console.log(`\nn8n's engine runs the example workflows.\n\n${notice.join('\n')}`);
		if (!sandbox) console.log(`This is charged to your Each Labs account: ${EXPECTED_COST}.`);

		const mediaFolder = await prepareMedia(workFolder);
		const credential: ICredentialDataDecryptedObject = {
			apiKey: apiKey || 'sandbox',
			...(sandbox && { baseUrl: sandbox.baseUrl }),
			...(process.env.EACHLABS_BASE_URL && { baseUrl: process.env.EACHLABS_BASE_URL }),
		};

		const sections: ResultSection[] = [];
		const problems: string[] = [];
		for (const example of EXAMPLES) {
			const rows = await showExample(example, mediaFolder, credential, stop.signal);
			sections.push({ heading: example.heading, introduction: example.introduction, rows });
			problems.push(...findProblems(example, await readdir(mediaFolder), rows));
		}

		const pagePath = join(__dirname, '..', 'demo-output', 'index.html');
		await mkdir(join(pagePath, '..'), { recursive: true });
		await writeFile(pagePath, await resultPage(notice.join(' '), sections, mediaFolder));
		console.log(`\nThe pictures beside their texts: ${pagePath}`);
		if (sandbox) console.log("Again: these were the sandbox's answers, not the model's.");
		for (const problem of problems) console.error(`Not as it should be: ${problem}`);
		return problems.length === 0 ? 0 : 1;
	} finally {
		await sandbox?.close();
		await rm(workFolder, { recursive: true, force: true });
	}
}

/** The committed media, and a picture close to the model's limit of 7 MB beside them. */
async function prepareMedia(workFolder: string): Promise<string> {
	const mediaFolder = join(workFolder, 'media');
	const committed = join(__dirname, 'media');
	await cp(committed, mediaFolder, { recursive: true, filter: (path) => path !== join(committed, 'make') });
	console.log('\nDrawing a picture of nearly 7 MB, the most that the model takes.');
	await makeLargePicture(join(mediaFolder, 'night-sky.jpg'));
	return mediaFolder;
}

async function showExample(
	{ file, heading, textHeading, countNode }: DemoExample,
	mediaFolder: string,
	credential: ICredentialDataDecryptedObject,
	signal: AbortSignal,
): Promise<ResultRow[]> {
	console.log(`\n${heading} (examples/${file})`);
	const progress = new PredictionProgress(countNode);
	const { listener } = progress;
	const run = await runExample({ example: file, mediaFolder, credential, listener, signal }).finally(() =>
		progress.stop(),
	);
	const rows = run.rows.sort((left, right) => left.file.localeCompare(right.file));
	console.log(resultTable(rows, textHeading, process.stdout));
	console.log(`From trigger to result in ${(run.elapsedMs / 1000).toFixed(1)} s.`);
	for (const hint of run.hints) console.log(`The node adds: ${hint}`);
	return rows;
}

/** Every file needs exactly one row, with a prediction and, unless it may be empty, a text. */
function findProblems(
	{ file, takes, mayBeEmpty }: DemoExample,
	files: string[],
	rows: ResultRow[],
): string[] {
	const expected = files.filter((name) => takes.test(name)).sort();
	const missing = expected.filter((name) => rows.filter((row) => row.file === name).length !== 1);
	const extra = rows.filter((row) => !expected.includes(row.file));
	const failed = rows.filter(
		({ error, text, predictionId }) =>
			error !== undefined || text === undefined || (text === '' && !mayBeEmpty) || !predictionId,
	);
	return [
		...missing.map((name) => `${file}: ${name} should have one row.`),
		...extra.map((row) => `${file}: there is a row for ${row.file}, which nobody asked for.`),
		...failed.map((row) => `${file}: ${row.file} has no result. ${row.error ?? ''}`),
	];
}

main().then(
	(exitCode) => {
		process.exitCode = exitCode;
	},
	(error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		process.exitCode = 1;
	},
);
