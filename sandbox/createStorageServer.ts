import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';

import { mediaLimits } from './catalogue';
import type { FileStore, StoredFile } from './FileStore';
import type { Ledger } from './ledger';
import { recordRequests } from './recordRequests';
import type { Scenario } from './scenario';

type Query = Record<string, string | undefined>;

/**
 * The object store behind upload URLs and public URLs, with the refusals of a real one. It is an origin of its own,
 * so that a key sent along shows. `onUpload` is told of every file whose bytes have arrived.
 */
export function createStorageServer(
	files: () => FileStore,
	scenario: Scenario,
	ledger: Ledger,
	onUpload: (file: StoredFile) => void,
): FastifyInstance {
	const app = fastify({ forceCloseConnections: true });
	recordRequests(app, ledger, 'storage');

	// No body is parsed: an upload goes to disk as it comes.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));

	app.put<{ Params: { name: string }; Querystring: Query }>('/uploads/:name', async (request, reply) => {
		const file = files().findByName(request.params.name);
		const refusal = refuseUpload(file, request.headers, request.query, files(), scenario);
		if (refusal !== null) return refuse(reply, ...refusal);
		if (file !== undefined) {
			await files().receive(file, request.raw);
			onUpload(file);
			reply.header('ETag', `"${file.record.sha256}"`);
		}
		return await reply.status(200).send();
	});

	// Any file also has an address that redirects to it.
	app.get<{ Params: { '*': string } }>('/moved/*', async (request, reply) =>
		reply.redirect(files().urlOf(`/${request.params['*']}`), 302),
	);

	app.get('/*', async (request, reply) => {
		const file = files().findReadable(files().urlOf(request.url));
		if (file === undefined) return refuse(reply, 404, 'NoSuchKey', 'There is no file at this address.');
		const { size } = await stat(file.path);
		reply.header('Content-Type', 'record' in file ? file.record.contentType : file.contentType);
		reply.header('Content-Length', size);
		return await reply.send(createReadStream(file.path));
	});

	return app;
}

type Refusal = [status: number, code: string, message: string];

function refuseUpload(
	file: StoredFile | undefined,
	headers: Record<string, string | string[] | undefined>,
	query: Query,
	files: FileStore,
	scenario: Scenario,
): Refusal | null {
	if (headers.authorization !== undefined) {
		return [
			400,
			'InvalidArgument',
			'The address is signed already: send no Authorization header to the storage.',
		];
	}
	if (
		file === undefined ||
		!files.isSignedFor(file, query['X-Sandbox-Issued'], query['X-Sandbox-Signature'])
	) {
		return [403, 'SignatureDoesNotMatch', 'The signature in the address is not the one that was given out.'];
	}
	if (Date.now() - file.issuedAtMs >= scenario.presignLifetimeMs) {
		return [403, 'AccessDenied', 'The upload address has expired: ask for a new one.'];
	}
	if (headers['content-length'] === undefined) {
		return [411, 'MissingContentLength', 'Send a Content-Length header: chunked bodies are refused.'];
	}
	const byteLength = Number(headers['content-length']);
	if (byteLength > mediaLimits.fileBytes) {
		return [
			413,
			'EntityTooLarge',
			`The file has ${byteLength} bytes; at most ${mediaLimits.fileBytes} are taken.`,
		];
	}
	const expected = { 'content-type': file.record.contentType, ...file.requiredHeaders };
	for (const [name, value] of Object.entries(expected)) {
		if (headers[name] !== value) {
			return [403, 'SignatureDoesNotMatch', `The header ${name} must be sent as "${value}".`];
		}
	}
	return null;
}

/** Refused as object stores do it, in XML. */
function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
	const escaped = message.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
	return reply
		.status(status)
		.header('Content-Type', 'application/xml')
		.send(
			`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped}</Message></Error>`,
		);
}
