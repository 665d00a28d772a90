'use strict';

/** Formats of @cfworker/json-schema that schemas may not name; those that they may stand in core/schema/complaints. */
const refused = ['url', 'uri-template', 'regex', 'json-pointer-uri-fragment', 'relative-json-pointer'];

/** The library's file of formats without those; a release that has another form stops the build. */
exports.leanFormats = (source) =>
	refused.reduce((code, name) => {
		const line = new RegExp(`^ +'?${name}'?: .*\\n`, 'm');
		if (!line.test(code)) throw new Error(`@cfworker/json-schema has no line of the format ${name} any more`);
		return code.replace(line, '');
	}, source);
