/** What can go wrong with the connection of a call. */
export const connectionFaults = [
	'refused',
	'resetBeforeRead',
	'resetAfterBody',
	'midHeaders',
	'midBody',
	'truncatedChunked',
	'hang',
] as const;

/** What can be wrong with the answer to a call. */
export const answerFaults = [
	'status500',
	'status502',
	'status503',
	'status504',
	'html',
	'wrongContentType',
	'empty',
	'truncatedJson',
	'redirect',
] as const;

export type Fault = (typeof connectionFaults)[number] | (typeof answerFaults)[number];

/** Faults after which the service may still have acted on the request: it was read whole. */
export function mayBeDelivered(fault: Fault): boolean {
	return fault !== 'refused' && fault !== 'resetBeforeRead';
}

/** The calls of the node that the faults are for. */
export const callTargets = ['presign', 'put', 'create', 'poll', 'cancel', 'delete'] as const;
export type CallTarget = (typeof callTargets)[number];

/** Every call that the node makes, by what it is for. */
export type CallName = CallTarget | 'model' | 'models' | 'executions' | 'other';

/** @param path with or without its query */
export function nameCall(origin: 'api' | 'storage', method: string, path: string): CallName {
	const [pathname = ''] = path.split('?');
	if (origin === 'storage') return method === 'PUT' ? 'put' : 'other';
	const known = API_CALLS.find(([ofMethod, pattern]) => ofMethod === method && pattern.test(pathname));
	return known?.[2] ?? 'other';
}

const API_CALLS: ReadonlyArray<readonly [method: string, path: RegExp, name: CallName]> = [
	['GET', /^\/v1\/model$/, 'model'],
	['GET', /^\/v1\/models\/.+$/, 'model'],
	['GET', /^\/v1\/models$/, 'models'],
	['POST', /^\/v1\/upload\/presign$/, 'presign'],
	['POST', /^\/v1\/prediction$/, 'create'],
	['POST', /^\/v1\/prediction\/[^/]+\/cancel$/, 'cancel'],
	['GET', /^\/v1\/prediction\/[^/]+$/, 'poll'],
	['GET', /^\/v[12]\/executions$/, 'executions'],
	['DELETE', /^\/v1\/files\/[^/]+$/, 'delete'],
];
