/** What every text starts with, so that nobody takes it for a model's. */
export const disclaimer = "Sandbox answer, not the model's:";
