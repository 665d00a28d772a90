import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { INode } from 'n8n-workflow';

import type { WorkflowFile } from '../support/workflowEngine';
import { MarkdownPage, projectFolder } from './MarkdownPage';

const page = new MarkdownPage('docs/migration.md');
const workflow = (name: string): WorkflowFile =>
	JSON.parse(readFileSync(path.join(projectFolder, 'examples/migration', name), 'utf8')) as WorkflowFile;
const old = workflow('http-request-loop.json');
const next = workflow('each-labs.json');

const steps = ({ nodes }: WorkflowFile) => nodes.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote');
const names = (file: WorkflowFile): string[] => steps(file).map(({ name }) => name);
const assigned = (file: WorkflowFile): string[] => {
	const row = file.nodes.find(({ name }) => name === 'Result Row');
	const { assignments } = (row?.parameters.assignments ?? {}) as { assignments: Array<{ name: string }> };
	return assignments.map(({ name }) => name);
};

describe('the page about the way from HTTP Request nodes', () => {
	test('counts the nodes of both workflows', () => {
		expect(page.rowText('old')).toContain(`| ${steps(old).length}, `);
		expect(page.rowText('new')).toContain(`| ${steps(next).length}, `);
	});

	test('says of every node of the loop what became of it', () => {
		const kept = ['Manual Trigger', 'Read Pictures', 'Alt Texts'];
		const explained = page.rowsOf('old node').map(({ cells: [name] }) => name);
		expect(explained).toEqual(names(old).filter((name) => !kept.includes(name)));
	});

	test('draws both with the names of their nodes', () => {
		const drawing = /^```\n([^]*?)^```$/m.exec(page.text)?.[1] ?? '';
		for (const name of [...names(old), ...names(next)]) expect(drawing).toContain(name);
	});

	test('both give rows with the fields that it names', () => {
		expect(assigned(next)).toEqual(assigned(old));
		const named = assigned(old).map((name) => `\`${name}\``);
		expect(page.text).toContain(`${named.slice(0, -1).join(', ')} and ${named.at(-1) ?? ''}`);
	});

	test('the key goes to the API alone, and never to the storage', () => {
		const requests = steps(old).filter(({ type }) => type === 'n8n-nodes-base.httpRequest');
		const withKey = requests.filter(({ credentials }) => credentials !== undefined);
		const urlOf = ({ parameters }: INode): string => parameters.url as string;
		expect(withKey.map(urlOf)).toEqual(
			requests.map(urlOf).filter((url) => url.replace(/^=/, '').startsWith('https://api.eachlabs.ai/')),
		);
		expect(requests).toHaveLength(withKey.length + 1);
	});
});
