import { anotherAnswered, predictionNotFound, type AnswerFacts } from './apiErrors';
import type { Prediction } from './shapes';

/** What an answer about a prediction has to be about. */
export function aboutPrediction(predictionId: string) {
	return {
		predictionId,
		onStatus: (status: number, facts: AnswerFacts) =>
			status === 404 ? predictionNotFound(predictionId, facts) : undefined,
		check: ({ id }: Prediction, facts: AnswerFacts) =>
			id === predictionId ? undefined : anotherAnswered('prediction', predictionId, id, facts),
	};
}

export function predictionPath(predictionId: string): string {
	return `/v1/prediction/${encodeURIComponent(predictionId)}`;
}
