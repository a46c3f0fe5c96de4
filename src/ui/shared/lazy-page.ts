/** A page that is fetched when it is first wanted, and once more whenever a person asks after it did not come. */

import { type ComponentType, createElement, use } from 'react';
import { part } from '../../base/part.ts';

export interface LazyPage {
  /** Suspends until it is here; throws why it did not come. */
  Page: ComponentType;
  /** Fetches it ahead; if that fails, opening it tries again. */
  fetchAhead(): Promise<void>;
  /** Forgets that it did not come, so that the next drawing asks for it again. */
  again(): void;
}

export function lazyPage(what: string, load: () => Promise<ComponentType>): LazyPage {
  let coming: Promise<ComponentType> | null = null;
  let failed = false;
  const come = () => {
    coming ??= part(what, load).catch((error) => {
      failed = true;
      throw error;
    });
    return coming;
  };
  const again = () => {
    if (failed) coming = null;
    failed = false;
  };
  return {
    Page: () => createElement(use(come())),
    fetchAhead: () => come().then(() => undefined, again),
    again,
  };
}
