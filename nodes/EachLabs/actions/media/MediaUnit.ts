import type { IDataObject } from 'n8n-workflow';

import {
	settled,
	type ItemOutput,
	type ItemResult,
	type Place,
	type Settled,
	type WorkUnit,
} from '../operation';
import { answerAlone } from './answerAlone';
import { estimateMembers, noteExpected } from './estimate';
import { GroupRequest } from './GroupRequest';
import { ownSources, type MediaItem } from './MediaItem';
import { fileNameFields } from './mediaSources';
import { startAnswer } from './requestAnswer';
import { answerUnseen } from './seenMedia';

/** Items of a media operation that share a request; most often one. */
export class MediaUnit implements WorkUnit {
	constructor(readonly members: readonly [MediaItem, ...MediaItem[]]) {}

	get places(): readonly Place[] {
		return this.members.map(({ context, part }) => ({ itemIndex: context.itemIndex, part }));
	}

	get identities(): readonly IDataObject[] {
		return this.members.map((member) => fileNameFields(ownSources(member)));
	}

	async work(): Promise<ReadonlyArray<Settled<ItemResult>>> {
		// A file that is not what it claims to be ends its own item, not those that share its request.
		const checked = await Promise.all(this.members.map(async (member) => await settled(identifyAll(member))));
		const sound = this.members.filter((_, position) => checked[position]?.ok);
		const isEstimate = this.members[0].context.session.options.estimateOnly;
		const answered = isEstimate ? await estimateMembers(sound) : await answerUnseen(sound, answersFor);
		return checked.map((check, position) => {
			const member = this.members[position];
			if (!check.ok || member === undefined) return check as Settled<never>;
			return answered[sound.indexOf(member)] as Settled<ItemResult>;
		});
	}
}

async function identifyAll({ sources, refusal }: MediaItem): Promise<void> {
	if (refusal) throw refusal;
	for (const source of sources) if (!('url' in source)) await source.identified();
}

async function answersFor(members: readonly MediaItem[]): Promise<Array<Settled<ItemOutput>>> {
	const [first] = members;
	if (first?.context.session.options.waitForResult === false)
		return await Promise.all(members.map(async (member) => await settled(startAnswer(member))));
	await noteExpected(members);
	if (members.length < 2) {
		return await Promise.all(members.map(async (member) => await settled(answerAlone(member, []))));
	}
	return await new GroupRequest(members).answers();
}
