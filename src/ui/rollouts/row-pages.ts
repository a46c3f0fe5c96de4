/** Rows of a list of any length, fetched a page at a time and kept while they are near. */

import type { RowSummary } from '../../contract/rollouts/rollouts.ts';

export const PAGE_ROWS = 100;
/** Pages that are kept. */
const MOST_PAGES = 60;

type Fetch = (from: number, to: number) => Promise<readonly RowSummary[] | null>;

export class RowPages {
  readonly #fetch: Fetch;
  readonly #changed: () => void;
  /** Null while it comes; the last used last. */
  readonly #pages = new Map<number, readonly RowSummary[] | null>();

  constructor(fetch: Fetch, changed: () => void) {
    this.#fetch = fetch;
    this.#changed = changed;
  }

  /** Null where it is not here yet; then it is fetched. */
  at(index: number): RowSummary | null {
    if (index < 0) return null;
    const page = Math.floor(index / PAGE_ROWS);
    const rows = this.#pages.get(page);
    if (rows === undefined) void this.#bring(page);
    return rows?.[index % PAGE_ROWS] ?? null;
  }

  async #bring(page: number): Promise<void> {
    this.#pages.set(page, null);
    const rows = await this.#fetch(page * PAGE_ROWS, (page + 1) * PAGE_ROWS);
    this.#pages.delete(page);
    if (rows === null) return;
    this.#pages.set(page, rows);
    for (const old of this.#pages.keys()) {
      if (this.#pages.size <= MOST_PAGES) break;
      this.#pages.delete(old);
    }
    this.#changed();
  }
}
