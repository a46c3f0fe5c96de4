/** Which page the address names: `?page=train`; without `page` it is the first one, the Lab. */

const KEY = 'page';
const FIRST = 'lab';
/** A chapter is named without its page too: `?chapter=copy`. */
const CHAPTER = 'chapter';
const CHAPTERS = 'chapters';

const listeners = new Set<() => void>();
/** The query that each page had when it was left, so that a link to it leads back to the same view. */
const left = new Map<string, string>();

/** Id of the page that an address's query names. */
export function pageOf(query: string): string {
  const params = new URLSearchParams(query);
  return params.get(KEY) ?? (params.has(CHAPTER) ? CHAPTERS : FIRST);
}

export const currentPage = (): string => pageOf(location.search);

/** A page's query with its name in it; `own` is what the page itself writes there. */
export function queryOf(page: string, own = ''): string {
  const query = new URLSearchParams(own);
  query.delete(KEY);
  const rest = query.toString();
  if (page === FIRST) return rest;
  return rest === '' ? `${KEY}=${page}` : `${KEY}=${page}&${rest}`;
}

/** An address on this site; works under every sub-path. */
export const addressOf = (query: string): string =>
  query === '' ? location.pathname : `?${query}`;

export const linkTo = (page: string): string => addressOf(left.get(page) ?? queryOf(page));

/** Writes what a page is about into the address, or keeps it until the page is shown again. */
export function writeQuery(page: string, own: string, step: 'pushState' | 'replaceState'): void {
  const query = queryOf(page, own);
  left.set(page, query);
  if (currentPage() === page) history[step](null, '', addressOf(query));
}

/** Goes to a page as a new step of the history. */
export function goTo(page: string): void {
  if (page === currentPage()) return;
  const from = currentPage();
  left.set(from, location.search.slice(1));
  history.pushState(null, '', linkTo(page));
  scrollTo(0, 0);
  for (const listener of listeners) listener();
}

/** Goes to an address as a new step of the history; pages take it as they take one that is come back to. */
export function goToAddress(query: string): void {
  left.set(currentPage(), location.search.slice(1));
  history.pushState(null, '', addressOf(query));
  scrollTo(0, 0);
  dispatchEvent(new PopStateEvent('popstate'));
}

/** Calls back whenever another page may be shown. */
export function onRoute(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', listener);
  };
}
