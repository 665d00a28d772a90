export type MediumKind = 'picture' | 'video' | 'audio' | 'document' | 'unopened';

/** What was found out about one medium, from its bytes alone. */
export interface MediumDescription {
	kind: MediumKind;
	/** A noun phrase with everything: "a JPEG picture of 640×480 pixels and 34,567 bytes, mainly red and white". */
	full: string;
	/** The same for a reader of alt text: "a JPEG picture, mainly red and white". */
	brief: string;
	/** A picture that only fills space: tiny, or a thin line, in one colour throughout. */
	decorative: boolean;
	/** Colour names by falling share; empty for what isn't a picture. */
	colours: string[];
	/** `JPEG`, `MP4`, `PDF` and so on; none for what was not opened, as for all that follow. */
	format?: string;
	byteLength?: number;
	/** Of a picture as it is seen, or of a video, in pixels. */
	width?: number;
	height?: number;
	/** Length of sound or video. */
	durationSeconds?: number;
	/** Of a document. */
	pages?: number;
	title?: string;
	/** Estimated, for the cost. */
	tokens: number;
}

/** A description and what tells its medium from every other: the SHA-256 of its bytes (of its address, if it wasn't opened). */
export interface DescribedMedium extends MediumDescription {
	sha256: string;
}
