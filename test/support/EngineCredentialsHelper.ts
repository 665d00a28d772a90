import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type ICredentialType,
	type IDataObject,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeProperties,
	type IRequestOptionsSimplified,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
} from 'n8n-workflow';

/** Decrypted credential data by credential type name: one credential a type, whatever id a node asks for. */
export type CredentialStore = Record<string, ICredentialDataDecryptedObject>;

/**
 * Gives nodes their credentials from memory, and signs requests by the credential type's own `authenticate`,
 * as n8n's own helper does over its database.
 */
export class EngineCredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly types: Record<string, ICredentialType>,
		private readonly store: CredentialStore,
		private readonly workflow: () => Workflow,
	) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.typeOf(type).properties;
	}

	/** The stored data, completed with the defaults of the type's properties. */
	override async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		_nodeCredentials: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const data = this.store[type];
		if (data === undefined) throw new Error(`No credential of type '${type}' was given to this run`);
		const defaults = this.typeOf(type).properties.map(({ name, default: value }) => [name, value]);
		return structuredClone({ ...(Object.fromEntries(defaults) as ICredentialDataDecryptedObject), ...data });
	}

	override async authenticate(
		credentials: ICredentialDataDecryptedObject,
		type: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.typeOf(type);
		const signed = requestOptions as IHttpRequestOptions;
		if (authenticate === undefined) return signed;
		if (typeof authenticate === 'function') return await authenticate(credentials, signed);

		const parts = signed as unknown as Record<string, IDataObject | undefined>;
		for (const [part, values] of Object.entries(authenticate.properties)) {
			const signedPart = (parts[part] ??= {});
			for (const [key, value] of Object.entries(values as Record<string, unknown>)) {
				const resolve = (text: unknown) => this.resolve(text, credentials, workflow, node);
				signedPart[String(resolve(key))] = resolve(value) as IDataObject[string];
			}
		}
		return signed;
	}

	async preAuthentication(
		_helpers: IHttpRequestHelper,
		_credentials: ICredentialDataDecryptedObject,
		type: string,
	): Promise<undefined> {
		this.refuseTokenExchange(type);
	}

	async runPreAuthentication(
		_helpers: IHttpRequestHelper,
		_credentials: ICredentialDataDecryptedObject,
		type: string,
	): Promise<undefined> {
		this.refuseTokenExchange(type);
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('Encrypted credentials are not part of this engine');
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}

	private refuseTokenExchange(type: string): void {
		if (this.typeOf(type).preAuthentication)
			throw new Error(`'${type}' exchanges tokens, which this engine does not do`);
	}

	private typeOf(type: string): ICredentialType {
		const credentialType = this.types[type];
		if (credentialType === undefined) throw new Error(`The engine knows no credential type '${type}'`);
		return credentialType;
	}

	/** Expressions of a credential type see `$credentials` only. */
	private resolve(
		value: unknown,
		credentials: ICredentialDataDecryptedObject,
		workflow = this.workflow(),
		node?: INode,
	): unknown {
		if (typeof value !== 'string' || !value.startsWith('=')) return value;
		const place = node ?? {
			id: '',
			name: '',
			type: '',
			typeVersion: 1,
			position: [0, 0] as [number, number],
			parameters: {},
		};
		return workflow.expression.getSimpleParameterValue(
			place,
			value,
			'internal',
			{ $credentials: credentials },
			undefined,
			'',
		);
	}
}
