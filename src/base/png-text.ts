/** The limits of a picture that travels as text inside a file. */

export const PNG_HEAD = 'data:image/png;base64,';
/** Characters: 1,024 by 1,024 pixels of noise, and some more. */
export const MAX_PNG_CHARS = 6_000_000;

/** Whether every letter of a text counts, as `atob` needs it. */
export const isBase64 = (text: string): boolean =>
  text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
