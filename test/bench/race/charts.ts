import type { TopLevelSpec } from 'vega-lite';

import { figure, nodeMsAPicture, type RaceResult } from './measureRace';

const WIDTH = 560;
const HEIGHT = 240;
const OURS = 'Each Labs node';
const LIMIT = 'Perfect knowledge';
const COLOURS: Readonly<Record<string, string>> = {
	[OURS]: '#6d28d9',
	[LIMIT]: '#94a3b8',
	'One after another': '#d97706',
	'HTTP Requests in a loop': '#b91c1c',
};
const CAPS = ['60 pictures of 1 s, cap 2', '60 pictures of 1 s, cap 10', '60 pictures of 1 s, no cap'];

interface Point {
	readonly cap: string;
	readonly who: string;
	readonly seconds: number;
}

/** Seconds for 60 pictures, by what the account allows at once: the four side by side, on a logarithmic axis. */
export async function chartOfTimes(race: RaceResult): Promise<string> {
	const points = CAPS.flatMap((id): Point[] => {
		const found = race.works.find(({ work }) => work.id === id);
		if (found === undefined) return [];
		const cap = found.work.cap === null ? 'no cap' : `cap ${found.work.cap}`;
		const seconds = (ms: number) => Math.round(ms / 100) / 10;
		const { items } = found.work;
		return [
			{ cap, who: OURS, seconds: seconds(figure(found.node, ({ tookMs }) => tookMs).median) },
			{ cap, who: LIMIT, seconds: seconds(figure(found.knowing, ({ tookMs }) => tookMs).median) },
			{ cap, who: 'One after another', seconds: seconds(race.oneByOneMs * items) },
			...(race.loopInHostMs === undefined
				? []
				: [{ cap, who: 'HTTP Requests in a loop', seconds: seconds(race.loopInHostMs * items) }]),
		];
	});
	const order = Object.keys(COLOURS).filter((who) => points.some((point) => point.who === who));
	return await svgOf({
		title: '60 pictures of about a second: seconds for all of them',
		width: WIDTH,
		height: HEIGHT,
		data: { values: points },
		encoding: {
			x: { field: 'cap', type: 'nominal', sort: null, title: null, axis: { labelAngle: 0 } },
			xOffset: { field: 'who', sort: order },
			y: {
				field: 'seconds',
				type: 'quantitative',
				stack: null,
				scale: { type: 'log', domainMin: 1 },
				title: 'seconds',
			},
		},
		layer: [
			{
				mark: { type: 'bar' },
				encoding: {
					y2: { datum: 1 },
					color: {
						field: 'who',
						type: 'nominal',
						sort: order,
						title: null,
						scale: { domain: order, range: order.map((who) => COLOURS[who] ?? '') },
					},
				},
			},
			{
				mark: { type: 'text', dy: -6, fontSize: 10 },
				encoding: { text: { field: 'seconds', type: 'quantitative', format: '.1f' } },
			},
		],
	});
}

/** How late the end of a prediction is noticed, against how often it is asked about. */
export async function chartOfLag(race: RaceResult): Promise<string> {
	const values = race.works.flatMap(({ work, node }) =>
		node[0]?.lag === undefined
			? []
			: [
					{
						work: work.id,
						polls: figure(node, ({ pollsEach }) => pollsEach).median,
						lag: figure(node, ({ lag = 0 }) => lag).median * 100,
					},
				],
	);
	return await svgOf({
		title: 'How late the end of a prediction is noticed',
		width: WIDTH,
		height: HEIGHT,
		data: { values },
		encoding: {
			x: {
				field: 'polls',
				type: 'quantitative',
				title: 'questions a prediction, looks at the list included',
			},
			y: { field: 'lag', type: 'quantitative', title: '% of the run time' },
		},
		layer: [
			{ mark: { type: 'point', filled: true, size: 70, color: COLOURS[OURS] ?? '' } },
			{
				mark: { type: 'text', align: 'left', dx: 8, fontSize: 10 },
				encoding: { text: { field: 'work', type: 'nominal' } },
			},
		],
	});
}

/** @param growth megabytes by the megabytes of the file */
export async function chartOfMemory(
	growth: ReadonlyArray<{ readonly size: number; readonly grown: number }>,
): Promise<string> {
	return await svgOf({
		title: 'What a file adds to the memory of n8n',
		width: WIDTH,
		height: HEIGHT,
		data: { values: [...growth] },
		mark: { type: 'line', point: true, color: COLOURS[OURS] ?? '' },
		encoding: {
			x: { field: 'size', type: 'quantitative', title: 'MB of the file' },
			y: { field: 'grown', type: 'quantitative', title: 'MB more', scale: { domainMin: 0, domainMax: 100 } },
		},
	});
}

/** What a person waits for 3,000 photos, from the measured times of one. Minutes. */
export function minutesFor3000(race: RaceResult): {
	ours: number;
	oneByOne: number;
	loop: number | undefined;
} {
	const minutes = (msEach: number) => (msEach * 3_000) / 60_000;
	return {
		ours: minutes(nodeMsAPicture(race.works)),
		oneByOne: minutes(race.oneByOneMs),
		loop: race.loopInHostMs === undefined ? undefined : minutes(race.loopInHostMs),
	};
}

async function svgOf(spec: TopLevelSpec): Promise<string> {
	// Modules of the newer kind, which can't be loaded with the rest of the file.
	const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
	const { spec: compiled } = compile({
		background: 'white',
		padding: 12,
		config: { font: 'Helvetica, Arial, sans-serif', view: { stroke: null }, legend: { labelLimit: 0 } },
		...spec,
	});
	const view = new View(parse(compiled), { renderer: 'none' });
	try {
		return await view.toSVG();
	} finally {
		view.finalize();
	}
}
