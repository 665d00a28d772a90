/**
 * Resolves as Jest does, but for libraries that export themselves under a condition alone which Node knows and Jest does not, and
 * what they load. Told of it for every package, Jest would take ES modules where n8n has CommonJS.
 */
const conditionOf = new Map([
	['music-metadata', 'module-sync'],
	['json-schema-faker', 'import'],
]);

module.exports = (request, options) => {
	// The mock server of the contract tests brings an older json-schema-faker, which is CommonJS.
	const isOlder = /[\\/]@stoplight[\\/]/.test(options.basedir);
	const added = isOlder
		? []
		: [...conditionOf].flatMap(([name, condition]) =>
				request === name || new RegExp(`[\\\\/]${name}[\\\\/]`).test(options.basedir) ? [condition] : [],
			);
	return options.defaultResolver(request, {
		...options,
		conditions: added.length > 0 ? [...(options.conditions ?? []), ...added] : options.conditions,
	});
};
