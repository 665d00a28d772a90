/** Nothing can be said about a fact; the message tells why, in words for the table. */
export class NotSeen extends Error {
	constructor(reason: string) {
		super(reason);
		this.name = 'NotSeen';
	}
}
