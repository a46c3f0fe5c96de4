/** What goes wrong between this browser and a host of models, each with what to do. */

import { PlaygroundError, shortened } from '../../base/errors.ts';

export interface Asked {
  /** What a person calls the thing that was asked for: a repository or a file of it. */
  readonly what: string;
  readonly host: string;
  /** An access token was sent. */
  readonly withToken: boolean;
}

/** The error for a status that is no success; null where trying again may help. */
export function refusal(
  { what, host, withToken }: Asked,
  response: Response,
): PlaygroundError | null {
  const { status } = response;
  const code = response.headers.get('X-Error-Code');
  const detail = { status, host, ...(code === null ? {} : { code: shortened(code, 60) }) };
  if (code === 'GatedRepo' || (status === 403 && withToken))
    return new PlaygroundError({
      code: 'hub.private',
      message: `${host} gives ${what} only to those it has let in${withToken ? ', and this token is not of one of them' : ''}.`,
      fix: 'Ask for access on the model’s page, then give an access token of that account that may read it.',
      where: what,
      detail,
    });
  if (status === 401 || status === 403)
    return new PlaygroundError({
      code: 'hub.private',
      message: withToken
        ? `${host} does not accept this access token for ${what}.`
        : `${host} has no ${what} that everybody may read: it is private, or its name is wrong.`,
      fix: withToken
        ? 'Check that the token is whole, still valid, and may read this model.'
        : 'Check the name; for a private model give an access token.',
      where: what,
      detail,
    });
  if (status === 404 || status === 410)
    return new PlaygroundError({
      code: code === 'RevisionNotFound' ? 'hub.no-revision' : 'hub.not-found',
      message:
        code === 'RevisionNotFound'
          ? `${what} has no such revision.`
          : `There is no ${what} on ${host}.`,
      fix:
        code === 'RevisionNotFound'
          ? 'Give a branch, a tag or a commit that its page shows, such as main.'
          : 'Check the name and the revision on the model’s page.',
      where: what,
      detail,
    });
  if (status === 408 || status === 425 || status === 429 || status >= 500) return null;
  return new PlaygroundError({
    code: 'hub.refused',
    message: `${host} refused ${what} (status ${status}).`,
    fix: 'Look at the model again; if it stays, download it in another way and open its folder.',
    where: what,
    detail,
  });
}

/** A host that asks for patience, or fails, after all tries. */
export function stillBusy({ what, host }: Asked, status: number): PlaygroundError {
  const limited = status === 429;
  return new PlaygroundError({
    code: limited ? 'hub.busy' : 'hub.failing',
    message: limited
      ? `${host} lets nobody ask so often, and went on refusing ${what} (status 429).`
      : `${host} failed to give ${what} again and again (status ${status}).`,
    fix: limited
      ? 'Wait some minutes, then go on: what has come is kept. An access token raises the limit.'
      : 'Go on later: what has come is kept.',
    where: what,
    detail: { status, host },
  });
}

/** No answer at all; a browser does not say why. */
export function noReply({ what, host }: Asked, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'hub.unreachable',
      message: `${host} gave no answer for ${what}: there is no connection, or it does not let pages of other sites read its files (CORS).`,
      fix: 'Check the connection and the address, then go on: what has come is kept.',
      where: what,
      detail: { host, original: String(cause) },
    },
    { cause },
  );
}

/** A transfer that broke off more often than it is tried again. */
export function brokeOff({ what, host }: Asked, have: number, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'hub.broke-off',
      message: `The transfer of ${what} from ${host} broke off again and again, the last time after ${have} bytes.`,
      fix: 'Check the connection, then go on: what has come is kept.',
      where: what,
      detail: { host, have, original: String(cause) },
    },
    { cause },
  );
}

export function wrongLength(what: string, found: number, expected: number): PlaygroundError {
  return new PlaygroundError({
    code: 'model.wrong-length',
    message: `${what} has ${found} bytes on its host, which lists it with ${expected}.`,
    fix: 'Look at the model again: it may have changed meanwhile; if this stays, its host is at fault.',
    where: what,
    detail: { found, expected },
  });
}

export function wrongChecksum(what: string, found: string, expected: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.wrong-checksum',
    message: `${what} is not what its host lists: the checksum of what came is another. It has been thrown away.`,
    fix: 'Fetch it again; if this stays, the file on the host or something on the way to it is damaged.',
    where: what,
    detail: { found, expected },
  });
}

/** An answer that is none of a hub. */
export function notAHub(host: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'hub.not-a-hub',
      message: `${host} does not answer as a hub of models does.`,
      fix: 'Check its address; for a plain folder of files, give the address of the folder instead.',
      where: host,
      detail: { original: String(cause) },
    },
    { cause },
  );
}
