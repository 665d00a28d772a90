import type { ArrayPosition } from './knownFact';

/** Nesting from which on only what is required is filled. */
const leanDepth = 8;

/** Where a value stands in an answer. */
export interface Place {
	/** The property's name; an array's for its entries. */
	readonly name: string;
	readonly path: string;
	readonly depth: number;
	/** References that lead here. */
	readonly references: ReadonlySet<string>;
	/** Whether only what is required is filled: deep down, and inside a schema that has referred to itself. */
	readonly isLean: boolean;
	readonly position?: ArrayPosition;
}

/** The answer itself. */
export const topPlace: Place = { name: '', path: '', depth: 0, references: new Set(), isLean: false };

/** A property of what stands at a place. */
export function propertyOf(place: Place, name: string): Place {
	const { path, depth, isLean, position } = place;
	return {
		...place,
		name,
		path: `${path}/${name}`,
		depth: depth + 1,
		isLean: isLean || depth + 1 >= leanDepth,
		position: position && { ...position, isEntry: false },
	};
}

/** An entry of the array at a place; each attempt draws other values. */
export function entryOf(place: Place, index: number, count: number, attempt: number): Place {
	const entry = propertyOf(place, attempt === 0 ? String(index) : `${index} ${attempt}`);
	// What a name stands for is the same at each attempt, so it counts at the first one only.
	return { ...entry, name: attempt === 0 ? place.name : '', position: { index, count, isEntry: true } };
}

/** The same place behind these references. */
export function behind(place: Place, references: readonly string[]): Place {
	if (references.length === 0) return place;
	return {
		...place,
		references: new Set([...place.references, ...references]),
		isLean: place.isLean || references.some((reference) => place.references.has(reference)),
	};
}
