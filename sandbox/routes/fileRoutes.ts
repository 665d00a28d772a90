import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { ApiContext } from '../ApiContext';
import { parseRequest } from './parseRequest';

const presignBody = z.object({
	content_type: z
		.string({ required_error: 'required' })
		.regex(/^[\w.+-]+\/[\w.+-]+( *;[ \t!-~]*)?$/, 'must be a media type, as image/png'),
	file_type: z.enum(['image', 'video', 'audio', 'other']).optional(),
	expires_in_seconds: z.number().int().optional(),
});

const fileParams = z.object({ id: z.string().uuid('must be a UUID') });

/** Announcing an upload, and deleting what was uploaded. The bytes themselves go to the storage. */
export function addFileRoutes(app: FastifyInstance, { files }: ApiContext): void {
	app.post('/v1/upload/presign', async (request) => {
		const body = parseRequest(presignBody, request.body);
		const file = files().presign({
			contentType: body.content_type,
			...(body.expires_in_seconds === undefined ? {} : { expiresInSeconds: body.expires_in_seconds }),
		});
		return {
			id: file.record.id,
			presigned_url: file.presignedUrl,
			public_url: file.record.publicUrl,
			expires_at: new Date(file.expiresAtMs).toISOString(),
			required_headers: file.requiredHeaders,
		};
	});

	app.delete('/v1/files/:id', async (request, reply) => {
		await files().delete(parseRequest(fileParams, request.params).id);
		return await reply.status(204).send();
	});
}
