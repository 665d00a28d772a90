import { inspect } from 'node:util';

import { answering, faultAt, type Call, type FaultPlan, type OwnAnswer } from '../faults/FaultPlan';
import { FaultServer } from '../faults/FaultServer';
import { numberedItems, QUESTION } from '../faults/playScene';
import { runNode } from '../support/runNode';

/** Everything that the runs of the probe have shown to the user, and the secrets that must not be in it. */
export interface SecretsShown {
	readonly secrets: readonly string[];
	readonly shown: ReadonlyArray<{ readonly what: string; readonly text: string }>;
}

/** With every character that one of the encodings changes. */
const API_KEY = 'canary-key/9f+2b=~c?d&e%41';
const SIGNATURE = 'c0ffee5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0ffee5ec2e7beef';

/** A service that repeats what it was sent, in every form. */
const TALKATIVE = [
	`key ${API_KEY} is not known`,
	`Authorization: Bearer ${API_KEY}`,
	`?api_key=${encodeURIComponent(API_KEY)}`,
	Buffer.from(API_KEY).toString('base64'),
	Buffer.from(API_KEY).toString('base64url'),
	`PUT https://bucket.example.com/f.png?X-Amz-Credential=AKIA%2Fx&X-Amz-Signature=${SIGNATURE}&x=1`,
].join(' | ');

function refusing(name: Call['name'], status: number): FaultPlan {
	return answering((call) => (call.name === name ? { status, ...talkativeError() } : undefined));
}

function talkativeError(): Omit<OwnAnswer, 'status'> {
	return {
		headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'request-1' },
		body: JSON.stringify({ error: TALKATIVE, details: { hint: TALKATIVE } }),
	};
}

function failedPrediction(fields: Record<string, unknown>): FaultPlan {
	return answering(({ name, path }) =>
		name === 'poll'
			? {
					status: 200,
					headers: { 'Content-Type': 'application/json' },
					body: JSON.stringify({ id: path.split('/')[3], status: 'failed', input: {}, ...fields }),
				}
			: undefined,
	);
}

/** All that can go wrong in words, and some connections that break while the key is on them. */
const PLANS: ReadonlyArray<readonly [what: string, plan: FaultPlan]> = [
	['model 404', refusing('model', 404)],
	['presign 401', refusing('presign', 401)],
	['presign 500', refusing('presign', 500)],
	['put 400', refusing('put', 400)],
	...[400, 401, 402, 403, 404].map((status) => [`create ${status}`, refusing('create', status)] as const),
	[
		'create 200 that says no',
		answering(({ name }) =>
			name === 'create'
				? {
						status: 200,
						headers: { 'Content-Type': 'application/json' },
						body: JSON.stringify({ status: 'error', message: TALKATIVE }),
					}
				: undefined,
		),
	],
	['poll 401', refusing('poll', 401)],
	['prediction failed, in its logs', failedPrediction({ output: '', logs: TALKATIVE })],
	[
		'prediction failed, in its envelope',
		failedPrediction({ output: { error_code: 'x', error_message: TALKATIVE }, logs: null }),
	],
	...(['refused', 'resetAfterBody', 'midHeaders', 'midBody', 'redirect'] as const).map(
		(fault) =>
			[
				`presign, ${fault}`,
				faultAt({ fault, call: 'presign', atCall: 1, calls: Infinity, delivered: true }),
			] as const,
	),
	[
		'put, midHeaders',
		faultAt({ fault: 'midHeaders', call: 'put', atCall: 1, calls: Infinity, delivered: true }),
	],
];

const ENDINGS = ['continueRegularOutput', 'continueErrorOutput', 'stopWorkflow'] as const;
const SHORT_ENDINGS = ['continueRegularOutput'] as const;

async function main(): Promise<void> {
	const shown: Array<{ what: string; text: string }> = [];
	const signatures = new Set<string>();
	const isShort = process.argv[2] === 'short';
	for (const [what, plan] of isShort ? PLANS.filter((_, index) => index % 3 === 1) : PLANS) {
		for (const onError of isShort ? SHORT_ENDINGS : ENDINGS) {
			const server = await FaultServer.start({ plan, scenario: { runTimeMs: { min: 100, max: 200 } } });
			try {
				const { run, items, error, hints } = await runNode({
					items: await numberedItems(1),
					credentials: { eachLabsApi: { apiKey: API_KEY, baseUrl: server.baseUrl } },
					onError,
					parameters: {
						resource: 'image',
						operation: 'analyze',
						text: QUESTION,
						simplify: false,
						options: { maxWait: 3, pollInterval: 0.5 },
					},
				});
				// What n8n itself keeps of the run, which a user can open, and what a log of the error would hold.
				const everything = { items, error, hints, result: run.data.resultData };
				const options = { depth: Infinity, maxArrayLength: null, maxStringLength: null, showHidden: true };
				shown.push({
					what: `${what}, ${onError}`,
					text: `${inspect(everything, options)}\n${JSON.stringify(everything)}`,
				});
				for (const { path } of server.ledger.requests) {
					const signature = new URLSearchParams(path.split('?')[1]).get('X-Sandbox-Signature');
					if (signature !== null) signatures.add(signature);
				}
			} finally {
				await server.close();
			}
		}
	}
	const result: SecretsShown = { secrets: [API_KEY, SIGNATURE, ...signatures], shown };
	process.send?.(result);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
