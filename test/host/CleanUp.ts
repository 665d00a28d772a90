/** What has to be undone at the end, noted as it comes. */
export class CleanUp {
	private readonly steps: Array<() => Promise<unknown>> = [];

	add(step: () => Promise<unknown>): void {
		this.steps.push(step);
	}

	/** Undoes everything, the last first, each once. Throws the first error when all has been tried. */
	async run(): Promise<void> {
		const errors: unknown[] = [];
		for (const step of this.steps.splice(0).reverse()) {
			await step().catch((error: unknown) => errors.push(error));
		}
		if (errors.length > 0) throw errors[0];
	}
}
