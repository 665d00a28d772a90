import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox/startSandbox';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/runNode';
import { testMedia, type Colour } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';

/** Runs the node against a sandbox, asking twice a second, so that a prediction of the sandbox takes one poll. */
export async function quickRun(
	{ baseUrl }: Pick<Sandbox, 'baseUrl'>,
	parameters: INodeParameters,
	items: INodeExecutionData[],
	settings: Partial<NodeRunOptions> = {},
): Promise<NodeRun> {
	const options = { pollInterval: 0.5, ...(parameters['options'] as INodeParameters | undefined) };
	return await runNode({ baseUrl, parameters: { ...parameters, options }, items, ...settings });
}

/** Pictures of one colour, 30 pixels high and each of its own width, from 40 pixels on; `json.width` says which. */
export async function pictureItems(...colours: ReadonlyArray<Colour>): Promise<INodeExecutionData[]> {
	return await Promise.all(
		colours.map(async (colour, position) => {
			const width = 40 + position;
			return await itemWithFiles({ data: await testMedia.picture(width, 30, { colour }) }, { width });
		}),
	);
}

/** A picture of each of these widths, 30 pixels high; `json.width` says which. */
export async function picturesOf(...widths: number[]): Promise<INodeExecutionData[]> {
	return await Promise.all(
		widths.map(async (width) => await itemWithFiles({ data: await testMedia.picture(width, 30) }, { width })),
	);
}

/** Parameters with others over them, option by option. */
export function withParameters(base: INodeParameters, others: INodeParameters): INodeParameters {
	const options = { ...(base['options'] as INodeParameters), ...(others['options'] as INodeParameters) };
	return { ...base, ...others, options };
}

/** The first prediction whose prompt has this in it fails. */
export function failOnce({ scenario }: Pick<Sandbox, 'scenario'>, part: string, message: string): void {
	let isOver = false;
	scenario.failPrediction = ({ prompt }) => {
		if (isOver || !String(prompt).includes(part)) return null;
		isOver = true;
		return { style: 'text', status: 'failed', message };
	};
}

/** What the sandbox has billed in all, in USD. */
export function billedUsd({ ledger }: Pick<Sandbox, 'ledger'>): number {
	return ledger.predictions.reduce((sum, prediction) => sum + prediction.billedUsd, 0);
}

/** What the items say they have cost in all, those that failed too, in USD. */
export function shownUsd({ items }: NodeRun): number {
	return items.reduce((sum, { json }) => {
		const { cost } = (json['error'] === undefined ? json : json['details']) as { cost?: number };
		return sum + (cost ?? 0);
	}, 0);
}
