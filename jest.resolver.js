/**
 * Resolves as Jest does, but for music-metadata and what it loads: they export themselves under `module-sync` alone, a
 * condition that Node knows and Jest does not. Told of it for every package, Jest would take ES modules where n8n has CommonJS.
 */
module.exports = (request, options) => {
	const ofMusicMetadata = request === 'music-metadata' || /[\\/]music-metadata[\\/]/.test(options.basedir);
	return options.defaultResolver(request, {
		...options,
		conditions: ofMusicMetadata ? [...(options.conditions ?? []), 'module-sync'] : options.conditions,
	});
};
