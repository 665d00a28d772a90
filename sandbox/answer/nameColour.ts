/** Upper bounds of hue in degrees; what lies above the last is red again. */
const hueNames: ReadonlyArray<readonly [number, string]> = [
	[15, 'red'],
	[42, 'orange'],
	[70, 'yellow'],
	[165, 'green'],
	[195, 'turquoise'],
	[255, 'blue'],
	[290, 'purple'],
	[345, 'pink'],
];

/** An everyday word for a colour, of channels from 0 to 255: "dark blue", "brown", "light grey". */
export function nameColour(red: number, green: number, blue: number): string {
	const highest = Math.max(red, green, blue) / 255;
	const lowest = Math.min(red, green, blue) / 255;
	const spread = highest - lowest;
	const lightness = (highest + lowest) / 2;
	if (lightness > 0.94) return 'white';
	if (lightness < 0.06) return 'black';
	const saturation = spread / (1 - Math.abs(2 * lightness - 1));
	if (spread < 0.08 || saturation < 0.12) return shade(lightness, 'grey');

	const hue = hueOf(red / 255, green / 255, blue / 255, highest, spread);
	const name = hueNames.find(([bound]) => hue < bound)?.[1] ?? 'red';
	if (name === 'orange' && lightness < 0.42) return shade(lightness * 1.5, 'brown');
	return shade(lightness, name);
}

function shade(lightness: number, name: string): string {
	if (lightness < 0.3) return `dark ${name}`;
	return lightness > 0.75 ? `light ${name}` : name;
}

function hueOf(red: number, green: number, blue: number, highest: number, spread: number): number {
	if (highest === red) return (60 * ((green - blue) / spread) + 360) % 360;
	if (highest === green) return 60 * ((blue - red) / spread) + 120;
	return 60 * ((red - green) / spread) + 240;
}
