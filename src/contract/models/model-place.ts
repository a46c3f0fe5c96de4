/** Reads what a person typed or pasted as the place of a model: a name on a hub, a page of it, or the address of a folder. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import { DEFAULT_HUB, isAllowed, KNOWN_HOSTS } from './model-hosts.ts';
import type { RemoteSource } from './model-sources.ts';

export interface PlaceOptions {
  /** Base address of the hub that names belong to. */
  readonly hub?: string;
  /** For a name or a page that says none. */
  readonly revision?: string;
  readonly token?: string;
  /** Origins that the content policy allows; null where there is no policy. */
  readonly origins?: readonly string[] | null;
}

/** As the Hub takes them: letters, digits, dot, dash, underscore; no dash or dot at either end, no two of them in a row. */
const PART = /^(?![-.])(?!.*(?:--|\.\.))[\w.-]{1,96}(?<![-.])$/;
const REVISION = /^(?![/.-])(?!.*(?:\.\.|\/\/|@\{))[\w./+-]{1,250}(?<![/.])$/;
const MAX_LENGTH = 2048;
/** Pages of a hub that name a place inside a repository, by the word before the revision. */
const PAGES = new Set(['tree', 'blob', 'resolve', 'raw', 'blame', 'commits', 'edit']);
/** What stands first in addresses of a hub that are no model. */
const NO_MODELS: Readonly<Record<string, string>> = {
  datasets: 'a data set',
  spaces: 'a Space',
  collections: 'a collection',
  papers: 'a paper',
  docs: 'documentation',
  blog: 'a blog post',
};

/**
 * The place that a text names. Takes `owner/name`, `owner/name@revision`, the same after `hub:`, pages of a hub
 * (`…/tree/REVISION/FOLDER`, `…/blob/…`, `…/resolve/…`) and the address of a folder or of its config.json elsewhere.
 * Throws {@link PlaygroundError} `source.empty`, `source.not-a-name`, `source.not-an-address`, `source.not-a-model`,
 * `source.bad-revision`, `source.bad-hub` and, where a policy would block it, `source.host-not-allowed`.
 */
export function readPlace(typed: string, options: PlaceOptions = {}): RemoteSource {
  const text = typed.trim();
  const hub = readHub(options.hub ?? DEFAULT_HUB, options.origins ?? null);
  if (text === '') throw refused('source.empty', 'No model is named.', NAME_FIX, text);
  if (text.length > MAX_LENGTH)
    throw refused(
      'source.not-a-name',
      'This is too long for a name or an address.',
      NAME_FIX,
      text,
    );
  const bare = text.replace(/^hub:/, '');
  const source = /^[a-z][a-z\d+.-]*:\/\//i.test(bare)
    ? ofAddress(bare, hub, options)
    : ofName(withoutHost(bare, hub), hub, options);
  const asked = source.kind === 'hub' ? source.hub : source.url;
  if (options.origins && !isAllowed(asked, options.origins)) throw notAllowed(asked);
  return source;
}

/** A hub's base address, without a slash at its end. Throws `source.bad-hub` and `source.host-not-allowed`. */
export function readHub(typed: string, origins: readonly string[] | null = null): string {
  const text = typed.trim();
  const url = parsed(text);
  if (url === null || !isWeb(url) || url.username !== '' || url.search !== '' || url.hash !== '')
    throw refused(
      'source.bad-hub',
      `"${shortened(text, 80)}" is not the address of a hub.`,
      `Give its base address, such as ${DEFAULT_HUB} or http://localhost:8080.`,
      text,
    );
  if (origins !== null && !isAllowed(url.href, origins)) throw notAllowed(url.href);
  return url.href.replace(/\/+$/, '');
}

const NAME_FIX =
  'Give owner/name, owner/name@revision, the address of its page, or the address of a folder.';

function ofName(text: string, hub: string, options: PlaceOptions): RemoteSource {
  const at = text.indexOf('@');
  const [path, revision] = at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
  const [owner, name, page, ...rest] = path.replace(/\/+$/, '').split('/');
  if (owner in NO_MODELS && name !== undefined) throw noModel(NO_MODELS[owner], text);
  if (name === undefined || !PART.test(owner) || !PART.test(name))
    throw refused(
      'source.not-a-name',
      `"${shortened(text, 80)}" is not the name of a model on a hub.`,
      NAME_FIX,
      text,
    );
  const place = page === undefined ? null : insideOf(page, rest, text);
  const wanted = revision ?? place?.revision ?? (options.revision?.trim() || 'main');
  return {
    kind: 'hub',
    hub,
    repo: `${owner}/${name}`,
    revision: readRevision(wanted),
    inner: place?.inner ?? '',
    ...(options.token ? { token: options.token } : {}),
  };
}

/** A page inside a repository: its revision, and the folder that it shows or whose file it shows. */
function insideOf(page: string, rest: readonly string[], text: string) {
  if (page === 'discussions') return null;
  if (!PAGES.has(page) || rest.length === 0)
    throw refused(
      'source.not-a-name',
      `"${shortened(text, 80)}" names no place inside a repository.`,
      `${NAME_FIX} A page may end in /tree/REVISION/FOLDER.`,
      text,
    );
  // Revisions such as refs/pr/1 take three parts, where they are not encoded as one.
  const count = rest[0] === 'refs' && rest.length >= 3 ? 3 : 1;
  const inside = rest.slice(count);
  const folders = page === 'tree' || page === 'commits' ? inside : inside.slice(0, -1);
  const inner = folders.at(-1) === 'onnx' ? folders.slice(0, -1) : folders;
  return {
    revision: rest.slice(0, count).map(decoded).join('/'),
    inner: inner.map(decoded).join('/'),
  };
}

function readRevision(revision: string): string {
  if (REVISION.test(revision)) return revision;
  throw refused(
    'source.bad-revision',
    `"${shortened(revision, 80)}" cannot be a revision.`,
    'Give a branch, a tag or a commit, such as main or refs/pr/1.',
    revision,
  );
}

function ofAddress(text: string, hub: string, options: PlaceOptions): RemoteSource {
  const url = parsed(text);
  if (url === null || !isWeb(url))
    throw refused(
      'source.not-an-address',
      `"${shortened(text, 80)}" is not an address that can be fetched.`,
      'Give an address that begins with https://, or with http:// for a server on this computer.',
      text,
    );
  if (url.username !== '' || url.password !== '')
    throw refused(
      'source.not-an-address',
      'The address has a name or a password in it.',
      'Leave them out; a hub takes an access token in its own field.',
      url.host,
    );
  const known = [hub, ...KNOWN_HOSTS.slice(0, 1).map((host) => host.hub)];
  const home = known.find((base) => url.href === base || url.href.startsWith(`${base}/`));
  // What stands behind ? and # of a page chooses a view of it.
  if (home !== undefined && home === hub)
    return ofName(`${url.origin}${url.pathname}`.slice(home.length + 1), home, options);
  if (home !== undefined) {
    const { token: _, ...rest } = options;
    return ofName(`${url.origin}${url.pathname}`.slice(home.length + 1), home, rest);
  }
  if (url.search !== '')
    throw refused(
      'source.not-an-address',
      'The address of a folder has nothing behind a question mark.',
      'Give the address of the folder that holds config.json; files with signed addresses cannot be listed.',
      url.host,
    );
  url.hash = '';
  const parts = url.pathname.split('/');
  // The address of one of its files stands for the folder.
  if (/\.(?:json|safetensors|onnx|txt|jinja|md)$|\.onnx_data(?:_\d+)?$/.test(parts.at(-1) ?? ''))
    parts.pop();
  const folder = parts
    .join('/')
    .replace(/\/+$/, '')
    .replace(/\/onnx$/, '');
  url.pathname = `${folder}/`;
  return { kind: 'address', url: url.href };
}

/** A pasted name with its host, but without https. */
function withoutHost(text: string, hub: string): string {
  for (const base of [hub, DEFAULT_HUB]) {
    const { host } = new URL(base);
    if (text.startsWith(`${host}/`)) return text.slice(host.length + 1);
  }
  return text;
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

const isWeb = ({ protocol }: URL) => protocol === 'https:' || protocol === 'http:';

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function noModel(what: string, text: string): PlaygroundError {
  return refused(
    'source.not-a-model',
    `This is the address of ${what}, not of a model.`,
    'Open the page of a model and paste its address, or its name as owner/name.',
    text,
  );
}

function notAllowed(address: string): PlaygroundError {
  const { host } = new URL(address);
  return new PlaygroundError({
    code: 'source.host-not-allowed',
    message: `This site may not ask ${shortened(host, 80)}: its content policy allows Hugging Face, servers on this computer, and what its build names.`,
    fix: 'Download the model and open its folder, or build the site with VITE_MODEL_HOSTS naming that host.',
    where: host,
  });
}

function refused(code: string, message: string, fix: string, text: string): PlaygroundError {
  return new PlaygroundError({ code, message, fix, where: shortened(text, 120) || 'model' });
}
