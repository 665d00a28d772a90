import { readRefusal } from '../../../../../nodes/EachLabs/core/account/readRefusal';

test.each<[string, number | undefined]>([
	['accounts with a balance of $10.00 or less are limited to 10 concurrent executions', 10],
	['accounts with 10.00 USD or less are limited to 2 concurrent executions', 2],
	["your account's cap is 2", 2],
	['2 of 2 predictions in flight', 2],
	['in flight: 10/10', 10],
	['Limit reached: at most two predictions at once', 2],
	['{"max_concurrent": 12, "in_flight": 12}', 12],
	['You have 3 running, the limit is 3', 3],
	['10 concurrent predictions is what this account may have', 10],
	['balance of $10.00 or less', undefined],
	['limited to 10 requests per minute', undefined],
	['too many requests, try again in 30 seconds', undefined],
	['allowed again in 5 minutes', undefined],
	['limit of 0', undefined],
	['', undefined],
])('of "%s" the cap is %p', (details, cap) => {
	expect(readRefusal({ httpStatus: 429, details })).toEqual(
		cap === undefined ? { kind: 'full' } : { kind: 'full', cap },
	);
});

test.each([
	[429, 'Too many executions started at once', 'burst'],
	[429, 'too many predictions Started at once; limit 10', 'burst'],
	[402, 'limited to 2', 'reserved'],
])('a %p with "%s" is %p', (httpStatus, details, kind) => {
	expect(readRefusal({ httpStatus, details })).toEqual({ kind });
});
