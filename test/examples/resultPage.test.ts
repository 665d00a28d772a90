import { join } from 'node:path';
import { resultPage } from '../../examples/demo/resultPage';
import { resultTable } from '../../examples/demo/resultTable';

const mediaFolder = join(__dirname, '../../examples/media');
const hostile = `</p><script>alert('x')</script>" onload="alert(1) & more`;

describe('the page of the demo', () => {
	const page = resultPage(
		hostile,
		[
			{
				heading: hostile,
				introduction: hostile,
				rows: [
					{ file: 'spacer.png', text: '', predictionId: 'p-1', costUsd: 0.00001, predictTimeSeconds: 1 },
					{ file: 'red-bicycle.jpg', text: hostile, predictionId: hostile },
					{ file: 'running-shoe.png', error: hostile },
					{ file: 'sailing-boat.mp4', text: 'A boat' },
					{ file: 'delivery-message.wav', text: 'Good morning' },
					{ file: 'inspection-report.pdf', text: 'A report' },
				],
			},
		],
		mediaFolder,
	);

	test('shows text as text, whatever is in it', async () => {
		expect(await page).not.toContain('<script');
		expect(await page).not.toMatch(/<[^>]*" onload=/);
		expect(await page).toContain(
			'&lt;/p&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;alert(1) &amp; more',
		);
	});

	test('needs nothing from elsewhere, and lets nothing run', async () => {
		expect(await page).toContain("default-src 'none'");
		const addresses = [...(await page).matchAll(/(?:src|href)="([^"]{0,30})/g)].map(([, address]) => address);
		expect(addresses).toHaveLength(6);
		for (const address of addresses)
			expect(address).toMatch(/^data:(image\/webp|video\/mp4|audio\/wav|application\/pdf);/);
	});

	test('gives each picture its alt text, and says when that is empty on purpose', async () => {
		expect(await page).toMatch(/<img src="[^"]+" alt="">/);
		expect(await page).toContain('Decorative');
	});
});

test('the table keeps control characters away from the terminal, and adds up', () => {
	const table = resultTable(
		[
			{
				file: 'a.png',
				text: 'red\u001b[2Jgreen',
				predictionId: 'p-1',
				costUsd: 0.00001,
				predictTimeSeconds: 1.5,
			},
			{ file: 'b.png', text: '', predictionId: 'p-2', costUsd: 0.00002, predictTimeSeconds: 2 },
			{ file: 'c.png', error: 'No balance' },
		],
		'Alt text',
		{ columns: 160 },
	);
	expect(table).not.toContain('\u001b');
	expect(table).toContain('(decorative: empty)');
	expect(table).toContain('No balance');
	expect(table).toMatch(/Total\s+│ 3 files\s+│\s+│\s+3\.50 │\s+0\.00003000/);
});
