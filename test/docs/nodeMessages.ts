import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** A text that the node can show, with `…` in place of each part that is not the same every time. */
export interface NodeMessage {
	readonly text: string;
	/** `hint` for what is shown beside good results; undefined where the code passes on a kind that it was given. */
	readonly kind: string | undefined;
	/** File and line, for whoever has to look it up. */
	readonly place: string;
}

interface MessageCall {
	/** Which argument is the text. */
	readonly argument: number;
	readonly kind: string | ((args: readonly ts.Expression[]) => string | undefined);
	/** What the function puts before the text. */
	readonly before?: string;
}

/** Every function that makes a message of what it is given. A new one, or one that is called otherwise, belongs here. */
const MESSAGE_CALLS: ReadonlyMap<string, MessageCall> = new Map<string, MessageCall>([
	['PredictionError.invalidInput', { argument: 0, kind: 'invalidInput' }],
	['new PredictionError', { argument: 1, kind: ([kind]) => literal(kind) }],
	['serviceError', { argument: 2, kind: ([kind]) => literal(kind) }],
	['faults.add', { argument: 0, kind: 'invalidInput', before: "… can't be used: " }],
	['new NodeOperationError', { argument: 1, kind: () => undefined }],
	['keyFault', { argument: 0, kind: 'invalidInput' }],
	['new UserError', { argument: 0, kind: () => undefined }],
	['addHint', { argument: 0, kind: 'hint' }],
]);

/** Tables whose rows hold a kind and a message, which one call makes of whichever row fits. */
const MESSAGE_TABLES: ReadonlySet<string> = new Set(['REFUSALS', 'REQUEST_REFUSED']);

/** Functions that put a beginning of their own before the words that they are given, and are called in their own file only. */
const MAKERS: ReadonlySet<string> = new Set(['distrusted', 'refused', 'unfitParameter']);

interface MessageMaker {
	readonly parameters: readonly string[];
	readonly call: MessageCall;
	readonly args: readonly ts.Expression[];
}

const HOLE = '…';
const HANDED_ON: ReadonlySet<string> = new Set(
	['', ...[...MESSAGE_CALLS.values()].map(({ before = '' }) => before)].map((before) => `${before}${HOLE}`),
);

const projectFolder = path.resolve(__dirname, '../..');
const nodeFolder = path.join(projectFolder, 'nodes/EachLabs');

/** All messages of the node and of its credential, as their sources have them. */
export function nodeMessages(): NodeMessage[] {
	return [nodeFolder, path.join(projectFolder, 'credentials')].flatMap((folder) =>
		readdirSync(folder, { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.ts'))
			.sort()
			.flatMap((name) => messagesOf(parsed(path.join(folder, name)))),
	);
}

/** The names of a type that is a union of texts. */
export function unionNames(file: string, typeName: string): string[] {
	const source = parsed(path.join(nodeFolder, file));
	const type = source.statements.find(
		(statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === typeName,
	) as ts.TypeAliasDeclaration | undefined;
	if (!type || !ts.isUnionTypeNode(type.type)) throw new Error(`${file} has no union ${typeName}`);
	return type.type.types.map((member) => member.getText(source).slice(1, -1));
}

/** Every reason for which a request got no answer, as texts quote it. */
export function interruptionReasons(): string[] {
	const reasons: string[] = [];
	for (const file of ['n8n/HostTransport.ts', 'core/api/ApiRequests.ts', 'core/api/apiErrors.ts']) {
		const visit = (node: ts.Node): void => {
			if (ts.isPropertyAssignment(node) && node.name.getText() === 'interrupted')
				reasons.push(...textsOf(node.initializer));
			if (ts.isVariableDeclaration(node) && node.name.getText() === 'NOT_SENT_CODES')
				reasons.push(...textsIn(node).filter((text) => text.includes(' ')));
			ts.forEachChild(node, visit);
		};
		visit(parsed(path.join(nodeFolder, file)));
	}
	return unique(reasons).filter((reason) => reason !== HOLE);
}

/** The texts in a list that a source of the node has under this name, in their order. */
export function listedTexts(file: string, name: string): string[] {
	const found = declaration(file, name);
	const texts = textsIn(found);
	if (texts.length === 0) throw new Error(`${name} in ${file} lists no texts`);
	return texts;
}

/** The value of a constant of the node that is a number, or a product of numbers. */
export function numberConstant(file: string, name: string): number {
	const value = (expression: ts.Expression | undefined): number => {
		if (expression && ts.isNumericLiteral(expression)) return Number(expression.text);
		if (expression && ts.isIdentifier(expression)) return numberConstant(file, expression.text);
		if (
			expression &&
			ts.isBinaryExpression(expression) &&
			expression.operatorToken.kind === ts.SyntaxKind.AsteriskToken
		)
			return value(expression.left) * value(expression.right);
		throw new Error(`${name} in ${file} is no number: ${expression?.getText() ?? ''}`);
	};
	return value(declaration(file, name).initializer);
}

function declaration(file: string, name: string): ts.VariableDeclaration {
	const found = parsed(path.join(nodeFolder, file))
		.statements.filter((statement) => ts.isVariableStatement(statement))
		.flatMap(({ declarationList }) => declarationList.declarations)
		.find((declared) => declared.name.getText() === name);
	if (!found) throw new Error(`${file} has no constant ${name}`);
	return found;
}

function textsIn(node: ts.Node): string[] {
	if (ts.isStringLiteralLike(node)) return [node.text];
	return node.getChildren().flatMap(textsIn);
}

function parsed(file: string): ts.SourceFile {
	return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
}

function messagesOf(source: ts.SourceFile): NodeMessage[] {
	const messages: NodeMessage[] = [];
	const makers = messageMakers(source);
	const made = new Set([...makers.values()].map(({ args }) => args));
	const add = (
		node: ts.Node,
		{ before = '', kind }: MessageCall,
		text: ts.Expression,
		args: Args,
		words: Words = new Map(),
	) => {
		const { line } = source.getLineAndCharacterOfPosition(node.getStart());
		const place = `${path.relative(projectFolder, source.fileName)}:${line + 1}`;
		for (const given of textsOf(text, words)) {
			// What was made elsewhere and is only handed on is collected where it is made.
			if (HANDED_ON.has(given) || !/\p{L}/u.test(given)) continue;
			messages.push({
				text: collapsed(`${before}${given}`),
				kind: typeof kind === 'string' ? kind : kind(args),
				place,
			});
		}
	};
	const visit = (node: ts.Node): void => {
		if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
			const args = node.arguments ?? [];
			const call = MESSAGE_CALLS.get(calleeOf(node));
			const text = call && args[call.argument];
			if (text && !made.has(args)) add(node, call, text, args);
			const maker = makers.get(node.expression.getText());
			const madeText = maker?.args[maker.call.argument];
			if (maker && madeText) {
				const words = maker.parameters.map((name, position) => [name, args[position]] as const);
				add(node, maker.call, madeText, maker.args, new Map(words));
			}
		}
		if (ts.isVariableDeclaration(node) && MESSAGE_TABLES.has(node.name.getText())) {
			for (const row of rowsOf(node.initializer)) {
				const [kind, text] = row.elements;
				if (text) add(row, { argument: 1, kind: literal(kind) ?? '' }, text, row.elements);
			}
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return messages;
}

function rowsOf(table: ts.Expression | undefined): ts.ArrayLiteralExpression[] {
	if (table && ts.isArrayLiteralExpression(table)) return [table];
	return table && ts.isObjectLiteralExpression(table)
		? table.properties.flatMap((property) =>
				ts.isPropertyAssignment(property) ? rowsOf(property.initializer) : [],
			)
		: [];
}

/** Those of a file, by name. */
function messageMakers(source: ts.SourceFile): ReadonlyMap<string, MessageMaker> {
	const makers = new Map<string, MessageMaker>();
	const visit = (node: ts.Node): void => {
		const made =
			ts.isVariableDeclaration(node) && node.initializer && ts.isArrowFunction(node.initializer)
				? node.initializer
				: ts.isFunctionDeclaration(node)
					? node
					: undefined;
		const name = (node as ts.NamedDeclaration).name?.getText();
		const parameters = made?.parameters.map((parameter) => parameter.name.getText()) ?? [];
		const body = made?.body;
		const returned = body && ts.isBlock(body) ? onlyReturned(body) : body;
		if (
			name &&
			MAKERS.has(name) &&
			returned &&
			(ts.isCallExpression(returned) || ts.isNewExpression(returned))
		) {
			const args = returned.arguments ?? [];
			const call = MESSAGE_CALLS.get(calleeOf(returned));
			const text = call && args[call.argument];
			if (text) makers.set(name, { parameters, call, args });
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return makers;
}

function onlyReturned({ statements }: ts.Block): ts.Expression | undefined {
	const [only] = statements;
	return statements.length === 1 && only && ts.isReturnStatement(only) ? only.expression : undefined;
}

/** `serviceError`, `new PredictionError`, `PredictionError.invalidInput`; of any other object, the method's name alone. */
function calleeOf(node: ts.CallExpression | ts.NewExpression): string {
	const { expression } = node;
	if (ts.isNewExpression(node)) return `new ${expression.getText()}`;
	if (!ts.isPropertyAccessExpression(expression)) return expression.getText();
	const whole = expression.getText();
	return MESSAGE_CALLS.has(whole) ? whole : expression.name.text;
}

type Args = readonly ts.Expression[];
/** What stands for the parameters of the function around an expression. */
type Words = ReadonlyMap<string, ts.Expression | undefined>;

/** Every text that an expression can give; what is not written down in it is a hole. */
function textsOf(expression: ts.Expression, words: Words = new Map()): string[] {
	if (ts.isStringLiteralLike(expression)) return [expression.text];
	if (ts.isParenthesizedExpression(expression)) return textsOf(expression.expression, words);
	if (ts.isConditionalExpression(expression))
		return unique([...textsOf(expression.whenTrue, words), ...textsOf(expression.whenFalse, words)]);
	if (ts.isTemplateExpression(expression)) {
		return expression.templateSpans
			.reduce<
				string[]
			>((texts, span) => allPairs(texts, textsOf(span.expression, words), span.literal.text), [expression.head.text])
			.map(collapsed);
	}
	if (ts.isElementAccessExpression(expression)) return textsOfTable(expression);
	const given = ts.isIdentifier(expression) ? words.get(expression.text) : undefined;
	return given ? textsOf(given) : [HOLE];
}

/** The texts of a record of texts in the same file, one of which stands here; a hole for any other list. */
function textsOfTable({ expression }: ts.ElementAccessExpression): string[] {
	const table = expression
		.getSourceFile()
		.statements.filter((statement) => ts.isVariableStatement(statement))
		.flatMap(({ declarationList }) => [...declarationList.declarations])
		.find(({ name }) => name.getText() === expression.getText())?.initializer;
	if (!table || !ts.isObjectLiteralExpression(table)) return [HOLE];
	return unique(
		table.properties.flatMap((property) =>
			ts.isPropertyAssignment(property) ? textsOf(property.initializer) : [HOLE],
		),
	);
}

function allPairs(beginnings: readonly string[], middles: readonly string[], end: string): string[] {
	return unique(beginnings.flatMap((beginning) => middles.map((middle) => `${beginning}${middle}${end}`)));
}

/** With one `…` for parts that stand side by side. */
export function collapsed(text: string): string {
	return text.replace(/…(?:\s*…)+/g, HOLE);
}

function unique(texts: readonly string[]): string[] {
	return [...new Set(texts)];
}

function literal(expression: ts.Expression | undefined): string | undefined {
	return expression && ts.isStringLiteralLike(expression) ? expression.text : undefined;
}
