import { measureCallbacks } from './measureCallbacks';
import { measureBadMembers } from './measureBadMembers';
import { measureChaos } from './measureChaos';
import { measureEventLoop } from './measureEventLoop';
import { measureExpiredUploads } from './measureExpiredUploads';
import { measureForeignAnswers } from './measureForeignAnswers';
import { measureHangingStore } from './measureHangingStore';
import { measureLargeVideo } from './measureLargeVideo';
import { measureLeaks } from './measureLeaks';
import { measureCells, measureInMatrix } from './measureMatrix';
import { measureLostCreates } from './measureLostCreates';
import { measureManyPictures } from './measureManyPictures';
import { measureMaxCost } from './measureMaxCost';
import { measureMixedUps } from './measureMixedUps';
import { measureModeration } from './measureModeration';
import { measureOutage } from './measureOutage';
import { measureRedirects } from './measureRedirects';
import { measureResubmit } from './measureResubmit';
import { measureRetryAfter } from './measureRetryAfter';
import { measureRetryOnFail } from './measureRetryOnFail';
import { measureSecrets } from './measureSecrets';
import { measureShortOutages } from './measureShortOutages';
import { measureShutGate } from './measureShutGate';
import { measureSlowAnswer } from './measureSlowAnswer';
import { measureStop } from './measureStop';
import { measureStorm } from './measureStorm';
import { measureWorkers } from './measureWorkers';
import { measureWorstTexts } from './measureWorstTexts';
import type { PromiseRow } from './PromiseRow';

const IN_MATRIX = 'Over all runs of F1 and F2.';

/** What the node promises to whoever pays for its predictions, and how each number is measured. */
export const promises: readonly PromiseRow[] = [
	{
		id: 'R1',
		promise: 'Input items without exactly one output or error item',
		target: '0',
		how: `${IN_MATRIX} Also counted: items that a single passing fault has cost.`,
		inMatrix: true,
		measure: async (form) => await measureInMatrix('R1', form),
	},
	{
		id: 'R2',
		promise: 'Predictions billed twice, default settings',
		target: '0',
		how: `${IN_MATRIX} A create that may have been accepted and was sent again counts, billed or not.`,
		inMatrix: true,
		measure: async (form) => await measureInMatrix('R2', form),
	},
	{
		id: 'R3',
		promise: "With 'Resubmit': extra bills an item",
		target: 'at most 1',
		how: 'Creates are accepted and their answers lost, while the list of executions does not answer either.',
		measure: measureResubmit,
	},
	{
		id: 'R4',
		promise: 'Billed predictions whose id is in no output and no error',
		target: '0',
		how: IN_MATRIX,
		inMatrix: true,
		measure: async (form) => await measureInMatrix('R4', form),
	},
	{
		id: 'R5',
		promise: 'Wrong paired items',
		target: '0',
		how: `${IN_MATRIX} Each item has a picture and a question of its own, and the answer shows both.`,
		inMatrix: true,
		measure: async (form) => await measureInMatrix('R5', form),
	},
	{
		id: 'F1',
		promise:
			'7 connection faults (refused, reset before read, reset after body, mid-headers, mid-body, truncated chunked, hang) × 5 calls (presign, PUT, create, poll, cancel)',
		target: '35 of 35 keep all the others',
		how: 'Each cell with the first, second or fourth call hit once, or all from the first or third on; creates both accepted and not; cancels both by the deadline and by a stop.',
		inMatrix: true,
		measure: async (form) => await measureCells('connection', form),
	},
	{
		id: 'F2',
		promise:
			'9 answer faults (500, 502, 503, 504, HTML with 200, wrong content type, empty, truncated JSON, redirect) × the same 5',
		target: '45 of 45 keep all the others',
		how: 'As F1.',
		inMatrix: true,
		measure: async (form) => await measureCells('answer', form),
	},
	{
		id: 'F3',
		promise: '429 storm, 1,000 items: lost; refused creates per accepted one; time against ideal',
		target: '0; at most 0.35; at most 1.10',
		how: 'On a virtual clock, run times from 5 to 15 s, nothing known of them before; the worst of all seeds.',
		measure: measureStorm,
	},
	{
		id: 'F4',
		promise: 'Retry-After (seconds, date, 0, negative, NaN, 10^9): sent too early; timers of 1 ms or less',
		target: '0; 0',
		how: 'On a virtual clock, on every call that may be made again.',
		measure: async () => await measureRetryAfter(),
	},
	{
		id: 'F5',
		promise: 'Total outage: requests per first attempt',
		target: 'at most 1.2',
		how: 'The API or its storage answers 503 or refuses connections, from the start or in the middle. Polls are not counted on either side.',
		measure: measureOutage,
	},
	{
		id: 'F6',
		promise: 'A byte a second: past the deadline',
		target: 'at most 1 s',
		how: 'Until the slow connection is given up. Looking for a create of unknown outcome and cancelling come after it, with 10 s of their own each.',
		measure: measureSlowAnswer,
	},
	{
		id: 'F7',
		promise:
			'Webhook three times, never, late, out of order, forged: executions a prediction; lost; forged accepted',
		target: '1; 0; 0',
		how: 'The sandbox calls the trigger about predictions in ten ways, over HTTP; a prediction counts as lost where one of its calls was right.',
		measure: measureCallbacks,
	},
	{
		id: 'F8',
		promise:
			'One of presign, PUT, create, poll, cancel, delete, model, lists down for 3 s: items lost for good; predictions left running; private files left behind',
		target: '0; 0; 0 (creates: named as unknown)',
		how: 'The route answers 503, resets or hangs in the middle of a run of 30 items; cancels and deletes also at a stop. In the short form a run has 12 items, and only create, PUT and cancel fail in all three ways, each other route in one.',
		measure: measureShortOutages,
	},
	{
		id: 'F9',
		promise:
			'An account of 2 places whose gate stays shut while somebody knocks, 20 items: lost; refused creates',
		target: '0; at most 6',
		how: "On a virtual clock: the gate opens after 60 or 120 s without a create, the refusal names the cap or does not, the list of executions answers or does not; and in n8n's engine with 60 s, on the real clock and on one 40 times faster; the worst of all.",
		measure: measureShutGate,
	},
	{
		id: 'F10',
		promise: '5 processes on one key: lost; refused creates per accepted one; time against ideal',
		target: '0; at most 0.5; at most 1.25',
		how: "On a virtual clock, run times from 5 to 15 s, the worst of all seeds; then once as processes with n8n's engine, run times around 5 s. They know of each other only by the list of executions.",
		measure: measureWorkers,
	},
	{
		id: 'G1',
		promise:
			"Group answers numbered from 0 or 2, renumbered after an omission, with one too many or too few, shuffled, with foreign tags: items that get another one's answer",
		target: '0',
		how: "In n8n's engine; each picture has a number, which its answer names. What can't be told is asked for alone, so that every item has its own.",
		measure: measureForeignAnswers,
	},
	{
		id: 'G2',
		promise:
			'One member of a group of 20 blocked, unreadable or unreachable: other members without their result; requests for the whole',
		target: '0; at most 7',
		how: 'The member at each place in turn; by a reason that does not name it, and by an answer that content rules have emptied.',
		measure: measureBadMembers,
	},
	{
		id: 'G3',
		promise:
			'Moderation with a second, mild verdict behind, before, in a fence, as a line, in a group: unsafe items that pass',
		target: '0',
		how: 'Every picture is unsafe by one verdict of the answer; the other one stands in its text, its reason, its thoughts, or under the same key.',
		measure: measureModeration,
	},
	{
		id: 'A1',
		promise:
			"Answers of another prediction, an id or an address given twice, another host, another model's description: items with a wrong answer; bought models that nobody asked for",
		target: '0; 0',
		how: 'Answers are changed on their way from the service, one place at a time; also counted: items bought twice, items whose error tells something else, files left behind, one of them by an upload that arrives after its delete.',
		measure: measureMixedUps,
	},
	{
		id: 'A2',
		promise:
			"Lost creates beside other people's predictions with the same words: adopted or cancelled though not ours; own ones that are named nowhere",
		target: '0; 0',
		how: 'Creates that were made or not, with a file of their own, with one file for all, by URL and without a file; for each of them somebody else sends the same words; some runs are stopped.',
		measure: measureLostCreates,
	},
	{
		id: 'M1',
		promise:
			'Max Cost with costs as text, unknown, negative, a hundredfold, of single items first and of groups then: spent over the limit; predictions in flight while no price is known',
		target: 'at most the price of those in flight when the dear one was seen; 1',
		how: 'On a virtual clock, ten at once. A price that stays unknown ends the run after that one prediction, and the other items say so.',
		measure: measureMaxCost,
	},
	{
		id: 'H1',
		promise:
			"n8n's store of binary data hangs (size, opening, bytes): run past Max Wait or a stop; items of other executions held up",
		target: 'at most 2 s; 0',
		how: "In n8n's engine, one file of three; each way once until Max Wait ends, with other executions beside it, and once until a stop.",
		measure: measureHangingStore,
	},
	{
		id: 'H2',
		promise: "10,000 items: longest stall of n8n's event loop by the node; a stop ends the execution within",
		target: 'at most 100 ms; 250 ms',
		how: 'Moderate by URL, in a process of its own that is stopped after 6 s; the quickest of three.',
		measure: measureEventLoop,
	},
	{
		id: 'X1',
		promise:
			'A bad day: 5 processes on one key, routes down for 0.5 to 5 s at random, runs stopped, one process killed: items of the others lost; with a wrong answer; predictions left running; files left behind; spent, against a quiet day',
		target: '0; 0; 0; 0; at most 1.02',
		how: "In n8n's engine, 15 executions of 20 pictures for each seed, on a clock twice as fast as the real one. Presign, PUT, create, poll, cancel, delete, the model's description and the lists answer 503, reset before or after they have read, or hang, whether the service has acted or not. Each picture has a size of its own, which its answer names. A create of unknown outcome costs its item, which says so. `--only X1 --seed 4` plays one seed again.",
		measure: measureChaos,
	},
	{
		id: 'C1',
		promise:
			'After a stop: last new create; cancels sent per unfinished prediction; left running when the service obeys',
		target: 'within 250 ms; 100 %; 0',
		how: 'Stops while files are uploaded, while creates are on their way, with items in the queue, while polling.',
		measure: measureStop,
	},
	{
		id: 'C2',
		promise: 'Retry On Fail with item 0 failing: bought again for good items',
		target: '0',
		how: "Three tries; the item fails in the model or before it is bought; with On Error 'Stop Workflow' and 'Continue'.",
		measure: measureRetryOnFail,
	},
	{
		id: 'L1',
		promise: '1,000 items: leaked timers, sockets, listeners',
		target: '0',
		how: "What Node.js says that is active after the run and was not before it, and the listeners on n8n's signal.",
		measure: measureLeaks,
	},
	{
		id: 'S1',
		promise: 'Key and presign signature in output, error, cause, logs',
		target: '0',
		how: 'A service that repeats the key raw, URL-encoded and in Base64 in each of its error texts; looked for with all hidden properties, and in the log at level debug.',
		measure: measureSecrets,
	},
	{
		id: 'S2',
		promise: 'Authorization sent to another origin, on a redirect too',
		target: '0',
		how: 'Every call is redirected to another origin, with each of 301, 302, 303, 307 and 308.',
		measure: measureRedirects,
	},
	{
		id: 'S3',
		promise: 'Parse of the worst 64 KB; changes to Object.prototype',
		target: 'at most 20 ms; 0',
		how: 'Texts that are made to take long, some of them found by a search for slow ones; time of the processor, the quickest run of each.',
		measure: async (form) => await Promise.resolve(measureWorstTexts(form)),
	},
	{
		id: 'U1',
		promise: 'Presigned URL expired in the queue: lost; extra presigns an item',
		target: '0; at most 1',
		how: 'Every first upload address has expired by the time of the upload.',
		measure: measureExpiredUploads,
	},
	{
		id: 'U2',
		promise: 'One 100 MB video, filesystem binary mode: memory growth',
		target: 'at most 64 MB',
		how: 'Of the whole process, the sandbox included, sampled every 10 ms.',
		measure: async () => await measureLargeVideo(),
	},
	{
		id: 'U3',
		promise: '3,000 images of 7 MB: memory growth; requests',
		target: 'at most 128 MB; 3,000 PUTs and 1 create',
		how: 'One item with all of them, each of other bytes; memory of the process that n8n’s engine runs in, with a heap of at most 256 MB, the service in another. Where V8 may take gigabytes it cleans up late: then it was 46 to 210 MB, of which 18 MB were left once the last file was sent.',
		measure: measureManyPictures,
	},
];
