/** Parts of the program that are fetched when they are first needed, and the true reason when one does not come. */

import { type ErrorRecord, PlaygroundError } from './errors.ts';

/** What browsers say of a module that they could not fetch; one that was fetched and fails says something else. */
const NOT_FETCHED = /dynamically imported module|importing a module/i;

/**
 * Imports a part. A browser asks the host again for a module that did not come, so calling again tries again.
 * Throws what {@link whyNotLoaded} finds, and what the part itself throws.
 *
 * @param what names the part at the beginning of a sentence.
 */
export async function part<T>(what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (!(cause instanceof Error) || !NOT_FETCHED.test(cause.message)) throw cause;
    throw new PlaygroundError(await whyNotLoaded(what, cause.message), { cause });
  }
}

type Host = 'silent' | 'without this version' | 'answers';

/**
 * Why a part could not be fetched: `part.no-connection`, `part.new-version` where the host no longer has the
 * version that runs here, else `part.not-loaded`.
 */
export async function whyNotLoaded(what: string, original: string): Promise<ErrorRecord> {
  const { code, why, fix } = REASONS[await askHost()];
  return {
    code,
    message: `${what} could not be loaded: ${why}.`,
    fix,
    where: what,
    detail: { original },
  };
}

/** Asks for this very file, under an address that no cache knows: it bears the name of its version. */
async function askHost(): Promise<Host> {
  try {
    const response = await fetch(`${import.meta.url}?still-there`, { cache: 'no-store' });
    await response.body?.cancel();
    return isScript(response) ? 'answers' : 'without this version';
  } catch {
    return 'silent';
  }
}

/** Some hosts answer an unknown address with their index page instead of 404. */
function isScript({ ok, headers }: Response): boolean {
  return ok && !(headers.get('content-type') ?? '').startsWith('text/html');
}

const REASONS: Record<Host, { code: string; why: string; fix: string }> = {
  silent: {
    code: 'part.no-connection',
    why: 'there is no connection to the site',
    fix: 'Try again when the connection is back; what is on the page stays as it is.',
  },
  'without this version': {
    code: 'part.new-version',
    why: 'a newer version of this page has been published, and the host no longer has this one',
    fix: 'Export what you want to keep, then reload the page.',
  },
  answers: {
    code: 'part.not-loaded',
    why: 'its file did not come, though the site answers',
    fix: 'Try again; if that fails too, export what you want to keep and reload the page.',
  },
};
