/**
 * The files of a repository on a hub, with what the hub says of each: length, checksum, and the commit that they belong
 * to. It brings the client of the hub with it, so it is fetched when it is first needed.
 */

import { listFiles, modelInfo } from '@huggingface/hub';
import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import type { HubSource } from '../../contract/models/model-sources.ts';
import type { Listing, RemoteFile } from './download.ts';
import { type Asked, noReply, notAHub, refusal, stillBusy } from './remote-errors.ts';

/** Repositories of models have tens of files; one with more than this is none. */
const MAX_FILES = 5000;

const hex = (length: number) => v.pipe(v.string(), v.regex(new RegExp(`^[\\da-f]{${length}}$`)));
const entry = v.object({
  type: v.string(),
  path: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)),
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  oid: v.optional(v.string()),
  lfs: v.optional(v.object({ oid: v.string(), size: v.number() })),
});

/**
 * Asks the hub. Throws {@link PlaygroundError} `hub.not-found`, `hub.no-revision`, `hub.private`, `hub.busy`,
 * `hub.failing`, `hub.unreachable`, `hub.not-a-hub`, `hub.too-many-files`, and the signal's reason.
 */
export async function listHub(
  source: HubSource,
  ask: typeof fetch,
  signal?: AbortSignal,
): Promise<Listing> {
  const { hub, repo, revision, token } = source;
  const asked: Asked = { what: repo, host: new URL(hub).host, withToken: token !== undefined };
  const asking = checking(asked, ask, signal);
  try {
    const named = await modelInfo({
      name: repo,
      revision,
      additionalFields: ['sha'],
      hubUrl: hub,
      fetch: asking,
    });
    const commit = v.safeParse(hex(40), named.sha);
    const at = commit.success ? commit.output : revision;
    const files: RemoteFile[] = [];
    const listed = listFiles({
      repo,
      revision: encodeURIComponent(at),
      recursive: true,
      hubUrl: hub,
      fetch: asking,
    });
    for await (const item of listed) {
      const file = fileOf(source, at, item);
      if (file !== null) files.push(file);
      if (files.length > MAX_FILES) throw tooMany(repo);
    }
    return { commit: commit.success ? commit.output : null, files };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PlaygroundError) throw error;
    throw notAHub(asked.host, error);
  }
}

/** Throws our own errors, which the client of the hub hands through. */
function checking(asked: Asked, ask: typeof fetch, signal?: AbortSignal): typeof fetch {
  return async (input, init) => {
    let response: Response;
    try {
      response = await ask(input, { ...init, ...(signal ? { signal } : {}) });
    } catch (cause) {
      signal?.throwIfAborted();
      throw noReply(asked, cause);
    }
    if (response.ok) return response;
    throw refusal(asked, response) ?? stillBusy(asked, response.status);
  };
}

/** Null for a folder, and for a path that leads out of the repository. */
function fileOf({ hub, repo }: HubSource, revision: string, item: unknown): RemoteFile | null {
  const read = v.safeParse(entry, item);
  if (!read.success) throw read.issues;
  const { type, path, size, oid, lfs } = read.output;
  if (type !== 'file' || !isInside(path)) return null;
  const sha256 = v.safeParse(hex(64), lfs?.oid);
  const gitBlob = v.safeParse(hex(40), oid);
  return {
    path,
    url: `${hub}/${repo}/resolve/${encodeURIComponent(revision)}/${path.split('/').map(encodeURIComponent).join('/')}`,
    bytes: lfs?.size ?? size,
    sha256: sha256.success ? sha256.output : null,
    // Of a large file git knows the pointer alone.
    gitBlob: lfs === undefined && gitBlob.success ? gitBlob.output : null,
    version: null,
  };
}

function isInside(path: string): boolean {
  return path.split('/').every((piece) => piece !== '' && piece !== '.' && piece !== '..');
}

function tooMany(repo: string): PlaygroundError {
  return new PlaygroundError({
    code: 'hub.too-many-files',
    message: `${repo} has more than ${MAX_FILES} files, so it is no repository of one model.`,
    fix: 'Name the repository of the model itself.',
    where: repo,
  });
}
