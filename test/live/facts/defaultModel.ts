import { modelListResponse, modelResponse } from '../../../nodes/EachLabs/core/api/shapes';
import { DEFAULT_MODEL } from '../../../nodes/EachLabs/core/model/defaultModel';
import type { FactGroup } from '../Fact';
import { statusAndReason, type LiveAnswer } from '../LiveApi';
import type { LiveSession } from '../LiveSession';
import { NotSeen } from '../NotSeen';

const DETAIL_PATH = `/v1/models/${DEFAULT_MODEL}`;
const REMOVED_PATH = `/v1/model?slug=${DEFAULT_MODEL}`;

/** The fact whose difference means that the default model can't be used. */
export const DEFAULT_MODEL_IS_THERE = `${DEFAULT_MODEL} is in the catalogue`;

/** Details of the default model, by the route that serves them. */
export async function detailAnswer(session: LiveSession): Promise<LiveAnswer> {
	const answer = await session.call('GET', DETAIL_PATH, { signing: 'none' });
	if (answer.status !== 404) return answer;
	const older = await session.call('GET', REMOVED_PATH, { signing: 'none' });
	return older.status === 200 ? older : answer;
}

/** Models that may take its place. */
async function otherModels(session: LiveSession): Promise<string> {
	const answer = await session.call('GET', '/v1/models?name=gemini&limit=100', { signing: 'none' });
	const slugs = (modelListResponse.safeParse(answer.json).data?.entries ?? []).map(({ slug }) => slug);
	return (
		slugs
			.filter((slug) => slug !== DEFAULT_MODEL)
			.slice(0, 3)
			.join(', ') || 'none with that name'
	);
}

export const defaultModel: FactGroup = {
	name: 'Default model',
	facts: [
		{
			fact: DEFAULT_MODEL_IS_THERE,
			expected: '200 without a key, under its own slug, with a request_schema',
			reliedOn: true,
			look: async (session) => {
				const answer = await session.once(detailAnswer);
				const model = modelResponse.safeParse(answer.json).data;
				if (answer.status !== 200) {
					return {
						holds: false,
						seen: `${statusAndReason(answer)}; models named 'gemini': ${await otherModels(session)}`,
					};
				}
				const hasSchema = model !== undefined && model.requestSchema !== null;
				return {
					holds: model?.slug === DEFAULT_MODEL && hasSchema,
					seen: `200, ${model?.slug ?? 'of another shape'}, ${hasSchema ? 'with' : 'without'} a schema`,
				};
			},
		},
		{
			fact: 'Which route gives the details of a model',
			expected: 'by path; the node asks the older one, by query, after a 404',
			reliedOn: false,
			look: async (session) => {
				const byPath = await session.call('GET', DETAIL_PATH, { signing: 'none' });
				const byQuery = await session.call('GET', REMOVED_PATH, { signing: 'none' });
				if (byPath.status !== 200 && byQuery.status !== 200)
					throw new NotSeen(`neither gave the model (${byPath.status}, ${byQuery.status})`);
				return {
					holds: byPath.status === 200,
					seen: `by path ${byPath.status}, by query ${byQuery.status}`,
				};
			},
		},
		{
			fact: 'Its details have a cost',
			expected: 'a price, or null: the node takes it as a first estimate',
			reliedOn: false,
			look: async (session) => {
				const answer = await session.once(detailAnswer);
				if (answer.status !== 200) throw new NotSeen(statusAndReason(answer));
				const { cost } = answer.fields;
				return {
					holds: cost !== undefined,
					seen: cost === undefined ? 'no field' : JSON.stringify(cost),
				};
			},
		},
	],
};
