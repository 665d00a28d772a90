import { createHash } from 'node:crypto';

/** A text of one of JSON Schema's formats that depends on the seed alone; undefined for a format that isn't known here. */
export function textInFormat(format: string, seed: string): string | undefined {
	return makers.get(format)?.(createHash('sha256').update(seed).digest());
}

const makers: ReadonlyMap<string, (bytes: Buffer) => string> = new Map([
	['date', dateOf],
	['time', timeOf],
	['date-time', (bytes) => `${dateOf(bytes)}T${timeOf(bytes)}`],
	['duration', (bytes) => `PT${bytes.readUInt8(0)}S`],
	['email', (bytes) => `sandbox-${hexOf(bytes)}@example.com`],
	['idn-email', (bytes) => `sandbox-${hexOf(bytes)}@example.com`],
	['hostname', (bytes) => `sandbox-${hexOf(bytes)}.example.com`],
	['idn-hostname', (bytes) => `sandbox-${hexOf(bytes)}.example.com`],
	['ipv4', (bytes) => `192.0.2.${bytes.readUInt8(0)}`],
	['ipv6', (bytes) => `2001:db8::${bytes.readUInt8(0).toString(16)}`],
	...['uri', 'iri', 'url', 'uri-reference', 'iri-reference'].map(
		(format): [string, (bytes: Buffer) => string] => [
			format,
			(bytes) => `https://example.com/sandbox/${hexOf(bytes)}`,
		],
	),
	['uuid', uuidOf],
]);

function hexOf(bytes: Buffer): string {
	return bytes.toString('hex', 0, 4);
}

/** A day of the years from 2020 to 2029; every month has a 28th. */
function dateOf(bytes: Buffer): string {
	const year = 2020 + (bytes.readUInt8(1) % 10);
	return `${year}-${twoDigits(1 + (bytes.readUInt8(2) % 12))}-${twoDigits(1 + (bytes.readUInt8(3) % 28))}`;
}

function timeOf(bytes: Buffer): string {
	const [hour, minute, second] = [bytes.readUInt8(4) % 24, bytes.readUInt8(5) % 60, bytes.readUInt8(6) % 60];
	return `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}Z`;
}

/** Version 8: made by an own rule. */
function uuidOf(bytes: Buffer): string {
	const hex = bytes.toString('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function twoDigits(number: number): string {
	return String(number).padStart(2, '0');
}
