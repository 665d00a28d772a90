import { measure, type Form, type Measure } from './PromiseRow';
import { runProbe } from './runProbe';
import type { SecretsShown } from './secretsProbe';

const TIMEOUT_MS = 300_000;

/**
 * S1: the key and the signature of upload addresses, as they are, URL-encoded and in Base64, in everything that a run shows:
 * items, errors with all their hidden properties, what n8n keeps, and what the process writes with its log at its most talkative.
 */
export async function measureSecrets(form: Form): Promise<Measure> {
	const { value, written } = await runProbe<SecretsShown>('secretsProbe.ts', {
		args: [form],
		env: { N8N_LOG_LEVEL: 'debug' },
		timeoutMs: TIMEOUT_MS,
	});
	const texts = [...value.shown, { what: 'the log', text: written }];
	const found = texts.flatMap(({ what, text }) =>
		value.secrets.flatMap((secret) =>
			writtenForms(secret)
				.filter((form) => text.includes(form))
				.map((form) => `${what}: ${form}`),
		),
	);
	return measure(
		`${found.length} (${value.shown.length} runs that go wrong, ${value.secrets.length} secrets, ${written.length} characters of log)`,
		[
			...found,
			// Else the service's words were never shown at all, and nothing is proved.
			...(value.shown.some(({ text }) => text.includes('[hidden]')) ? [] : ['no secret was ever in reach']),
		],
	);
}

function writtenForms(secret: string): string[] {
	const bytes = Buffer.from(secret);
	// A secret's own Base64 without its last group, whose characters depend on what comes after.
	const base64 = bytes.toString('base64').replace(/=*$/, '').slice(0, -4);
	return [...new Set([secret, encodeURIComponent(secret), base64, bytes.toString('base64url').slice(0, -4)])];
}
