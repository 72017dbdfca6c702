/** A way to another page, within a sentence. */
export const textLink = "font-semibold text-ink underline decoration-film decoration-2 underline-offset-4";
