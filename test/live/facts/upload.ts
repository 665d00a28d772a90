import sharp from 'sharp';

import type { PresignedUpload } from '../../../nodes/EachLabs/core/api/shapes';
import { isAllowedStorageUrl } from '../../../nodes/EachLabs/n8n/apiAccess';
import type { Fact, FactGroup } from '../Fact';
import { statusAndReason, type LiveAnswer } from '../LiveApi';
import type { LiveSession } from '../LiveSession';
import { NotSeen } from '../NotSeen';

const PICTURE_TYPE = 'image/png';
/** A file that the check could not delete is gone by itself after ten minutes. */
export const RETENTION_SECONDS = 600;
/** What the node sets by itself or keeps to itself, whatever the presign answer asks for. */
const NOT_SENT_HEADERS = [
	'authorization',
	'x-api-key',
	'cookie',
	'host',
	'content-length',
	'transfer-encoding',
	'connection',
];
const EXPIRY_TOLERANCE_MS = 120_000;

interface Presigned {
	readonly askedAtEpochMs: number;
	readonly answer: LiveAnswer;
	readonly upload?: PresignedUpload;
}

export interface UploadedPicture {
	readonly id: string;
	readonly publicUrl: string;
	readonly bytes: Uint8Array;
	/** Of the PUT. */
	readonly status: number;
}

async function presignPicture(session: LiveSession): Promise<Presigned> {
	const askedAtEpochMs = session.clock.epochMs();
	const presigned = await session.presign({
		contentType: PICTURE_TYPE,
		fileType: 'image',
		expiresInSeconds: RETENTION_SECONDS,
	});
	return { askedAtEpochMs, ...presigned };
}

async function readUpload(session: LiveSession): Promise<PresignedUpload> {
	const { upload, answer } = await session.once(presignPicture);
	if (upload === undefined) throw new NotSeen(`there is no upload URL (${statusAndReason(answer)})`);
	return upload;
}

async function putPicture(session: LiveSession): Promise<UploadedPicture> {
	const upload = await session.once(readUpload);
	const bytes = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#c02020' } })
		.png()
		.toBuffer();
	const status = await session.put(upload, PICTURE_TYPE, bytes);
	return { id: upload.id, publicUrl: upload.publicUrl, bytes, status };
}

/** A small red picture in the storage, which other groups ask the model about. */
export async function uploadedPicture(session: LiveSession): Promise<UploadedPicture> {
	const picture = await session.once(putPicture);
	if (!isSuccess(picture)) throw new NotSeen(`the picture could not be uploaded (${picture.status})`);
	return picture;
}

export function isSuccess({ status }: { readonly status: number }): boolean {
	return status >= 200 && status < 300;
}

/** The same URL with another signature, or undefined where it has no query to sign it. */
function withWrongSignature(presignedUrl: string): string | undefined {
	const url = new URL(presignedUrl);
	const names = [...url.searchParams.keys()];
	const name = names.find((candidate) => /signature|\bsig\b/i.test(candidate)) ?? names.at(-1);
	if (name === undefined) return undefined;
	const signature = url.searchParams.get(name) ?? '';
	url.searchParams.set(name, `${signature.slice(0, -1)}${signature.endsWith('0') ? '1' : '0'}`);
	return url.href;
}

/** A PUT that should be refused, to a file of its own; `spoil` takes the upload and makes it wrong. */
const refusedPut = (
	fact: string,
	spoil: (upload: PresignedUpload) => PresignedUpload | undefined,
	whyNot: string,
): Fact => ({
	fact,
	expected: '403',
	reliedOn: false,
	look: async (session) => {
		const { upload, answer } = await session.presign({
			contentType: PICTURE_TYPE,
			fileType: 'image',
			expiresInSeconds: RETENTION_SECONDS,
		});
		if (upload === undefined) throw new NotSeen(`there is no upload URL (${statusAndReason(answer)})`);
		const spoilt = spoil(upload);
		if (spoilt === undefined) throw new NotSeen(whyNot);
		const status = await session.put(spoilt, PICTURE_TYPE, Buffer.from('not to be stored'));
		return { holds: status === 403, seen: String(status) };
	},
});

const otherKinds = [
	{ contentType: 'video/mp4', fileType: 'video' },
	{ contentType: 'audio/wav', fileType: 'audio' },
	{ contentType: 'application/pdf', fileType: 'other' },
];

export const upload: FactGroup = {
	name: 'Upload',
	facts: [
		{
			fact: 'POST /v1/upload/presign has the shape that the node reads',
			expected: 'id, presigned_url, public_url, required_headers',
			reliedOn: true,
			look: async (session) => {
				const presigned = await session.once(presignPicture);
				return {
					holds: presigned.upload !== undefined,
					seen: isSuccess(presigned.answer)
						? Object.keys(presigned.answer.fields).join(', ') || 'no JSON object'
						: statusAndReason(presigned.answer),
				};
			},
		},
		{
			fact: 'It takes videos, audio and PDF documents',
			expected: otherKinds.map(({ contentType, fileType }) => `${contentType} as ${fileType}`).join(', '),
			reliedOn: true,
			look: async (session) => {
				const refused: string[] = [];
				for (const kind of otherKinds) {
					const presigned = await session.presign({ ...kind, expiresInSeconds: RETENTION_SECONDS });
					if (presigned.upload === undefined)
						refused.push(`${kind.contentType}: ${statusAndReason(presigned.answer)}`);
				}
				return { holds: refused.length === 0, seen: refused.join('; ') || 'all three taken' };
			},
		},
		{
			fact: 'The upload URL is one that the node sends files to',
			expected: 'https (http only for a stand-in on this machine)',
			reliedOn: true,
			look: async (session) => {
				const { presignedUrl } = await session.once(readUpload);
				const { baseUrl } = session.api;
				// The command takes http for this machine alone.
				const isLoopback = new URL(baseUrl).protocol === 'http:';
				return {
					holds: isAllowedStorageUrl(presignedUrl, { apiKey: '', baseUrl, isLoopback }),
					seen: URL.canParse(presignedUrl) ? new URL(presignedUrl).origin : 'no URL',
				};
			},
		},
		{
			fact: "'required_headers' names nothing that the node does not send",
			expected: 'names and values to send as they are',
			reliedOn: true,
			look: async (session) => {
				const headers = Object.entries((await session.once(readUpload)).requiredHeaders);
				const impossible = headers.filter(
					([name, value]) =>
						NOT_SENT_HEADERS.includes(name.toLowerCase()) ||
						(name.toLowerCase() === 'content-type' && value !== PICTURE_TYPE),
				);
				const names = (list: typeof headers): string => list.map(([name]) => name).join(', ') || 'none';
				return {
					holds: impossible.length === 0,
					seen: impossible.length === 0 ? names(headers) : `not sent: ${names(impossible)}`,
				};
			},
		},
		{
			fact: "'expires_in_seconds' sets when the file is deleted",
			expected: `expires_at ${RETENTION_SECONDS} s from now`,
			reliedOn: false,
			look: async (session) => {
				const presigned = await session.once(presignPicture);
				const expiresAt: unknown = presigned.answer.fields.expires_at;
				const inMs = Date.parse(String(expiresAt)) - presigned.askedAtEpochMs;
				if (Number.isNaN(inMs)) return { holds: false, seen: `expires_at is ${JSON.stringify(expiresAt)}` };
				return {
					holds: Math.abs(inMs - RETENTION_SECONDS * 1_000) <= EXPIRY_TOLERANCE_MS,
					seen: `${Math.round(inMs / 1_000)} s from now`,
				};
			},
		},
		{
			fact: 'A PUT with the required headers and a Content-Length is taken',
			expected: '200',
			reliedOn: true,
			look: async (session) => {
				const picture = await session.once(putPicture);
				return { holds: isSuccess(picture), seen: String(picture.status) };
			},
		},
		{
			fact: "'public_url' can be read by anyone",
			expected: '200 without a key, the same bytes',
			reliedOn: true,
			look: async (session) => {
				const picture = await session.once(uploadedPicture);
				const isSame = (answer: LiveAnswer): boolean =>
					answer.status === 200 && answer.bytes.equals(picture.bytes);
				const answer = await session.readPublicly(picture.publicUrl, isSame);
				return {
					holds: isSame(answer),
					seen: `${answer.status}${answer.status === 200 ? (isSame(answer) ? ', the same bytes' : ', other bytes') : ''}`,
				};
			},
		},
		refusedPut(
			'A PUT without the required headers is refused',
			(upload) =>
				Object.keys(upload.requiredHeaders).some((name) => name.toLowerCase() !== 'content-type')
					? { ...upload, requiredHeaders: {} }
					: undefined,
			'the presign answer requires no headers',
		),
		refusedPut(
			'A PUT with a wrong signature is refused',
			(upload) => {
				const presignedUrl = withWrongSignature(upload.presignedUrl);
				return presignedUrl === undefined ? undefined : { ...upload, presignedUrl };
			},
			'the upload URL has no signature in its query',
		),
	],
};
