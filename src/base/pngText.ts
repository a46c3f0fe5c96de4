/** The limits of a picture that travels as text inside a file. */

export const PNG_HEAD = 'data:image/png;base64,';
/** Characters: 1,024 by 1,024 pixels of noise, and some more. */
export const MAX_PNG_CHARS = 6_000_000;
