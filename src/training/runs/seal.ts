/** JSON texts that tell whether they are as they were written: `checksum` is the SHA-256 of the text with zeros in its place. */

import { sha256 } from '../fingerprint.ts';

/** What stands in a checksum's own place while it is made; 64 digits, as a SHA-256 has. */
export const NO_CHECKSUM = '0'.repeat(64);

/** The object with the place of its checksum before everything but its format, where no other field can look like it. */
export const withPlace = <T extends { readonly format: string }>({ format, ...rest }: T) => ({
  format,
  checksum: NO_CHECKSUM,
  ...rest,
});

/** A text made of {@link withPlace}, with its checksum. */
export async function sealed(text: string): Promise<string> {
  return text.replace(NO_CHECKSUM, await sha256(new TextEncoder().encode(text)));
}

/** Whether a text is the one that the checksum in it was made of. */
export async function isAsSealed(text: string, checksum: string): Promise<boolean> {
  const plain = new TextEncoder().encode(text.replace(checksum, NO_CHECKSUM));
  return (await sha256(plain)) === checksum;
}
