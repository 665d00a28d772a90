/** A common rule of thumb, for estimates before anything is paid. */
export const CHARACTERS_PER_TOKEN = 4;
