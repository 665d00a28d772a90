import type { FactGroup } from './Fact';
import { account } from './facts/account';
import { authentication } from './facts/authentication';
import { cancellation } from './facts/cancellation';
import { catalogue } from './facts/catalogue';
import { defaultModel } from './facts/defaultModel';
import { deletion } from './facts/deletion';
import { executions } from './facts/executions';
import { failure } from './facts/failure';
import { prediction } from './facts/prediction';
import { refusals } from './facts/refusals';
import { upload } from './facts/upload';

/** In the order in which they are looked at: what costs nothing first, the deletion of what the others use last. */
export const factGroups: readonly FactGroup[] = [
	defaultModel,
	authentication,
	account,
	catalogue,
	upload,
	prediction,
	refusals,
	failure,
	cancellation,
	executions,
	deletion,
];
