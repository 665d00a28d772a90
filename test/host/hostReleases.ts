/** A release of n8n that the packed package is installed into and run in. */
export interface HostRelease {
	readonly n8nVersion: string;
	/** The Node that this host gets, from the npm registry's `node-PLATFORM-ARCH` packages. */
	readonly nodeVersion: string;
	/** npm overrides that this release needs to install from the registry alone. */
	readonly overrides: Readonly<Record<string, string>>;
	/** Where it can keep binary data, the default first; `default` is its memory. */
	readonly binaryDataModes: ReadonlyArray<'default' | 'filesystem' | 'database'>;
	/** Environment variables without which queue mode would not keep what the package promises. */
	readonly queueSettings?: Readonly<Record<string, string>>;
}

/** A row more is a host more: everything in this folder goes through this table. */
export const hostReleases: readonly HostRelease[] = [
	{
		n8nVersion: '2.41.1',
		nodeVersion: '24.21.0',
		overrides: {},
		binaryDataModes: ['filesystem', 'database'],
	},
	{
		n8nVersion: '1.123.81',
		nodeVersion: '22.23.3',
		overrides: { xlsx: '0.18.5' },
		binaryDataModes: ['default', 'filesystem'],
		// By default this line runs an execution whose worker died once more, from its first step, which buys everything again.
		queueSettings: { QUEUE_WORKER_MAX_STALLED_COUNT: '0' },
	},
];
