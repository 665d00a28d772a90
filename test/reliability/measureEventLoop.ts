import { quickestStalls } from '../bench/measureStalls';
import { measure, type Measure } from './PromiseRow';

const MAX_STALL_MS = 100;
const MAX_STOP_MS = 250;

/** H2: 10,000 items in a process of its own; the quickest of three, since other work on the machine stalls it too. */
export async function measureEventLoop(): Promise<Measure> {
	const { maxMs: stallMs, stopMs } = await quickestStalls();
	return measure(`${stallMs.toFixed(0)} ms; ${stopMs.toFixed(0)} ms`, [
		...(stallMs > MAX_STALL_MS ? [`a stall of ${stallMs.toFixed(0)} ms`] : []),
		...(stopMs > MAX_STOP_MS ? [`ended ${stopMs.toFixed(0)} ms after the stop`] : []),
	]);
}
