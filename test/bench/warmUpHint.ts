/** By which a request of a run that only warms the process up is told from those that count. */
export const WARM_UP_HINT = 'This run only warms up';
