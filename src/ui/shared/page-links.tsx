/** The ways from one page to another, and each page's own part of the address. */

import { createContext, useContext } from 'react';
import type { CompletionOffer, RolloutOffer, StudentOffer } from './offers.ts';

export interface PageLinks {
  /** Shows a rollout in the Lab, scored with the student that made it. */
  openRollout: (offer: RolloutOffer) => void;
  /** Shows a completion of a file in the Lab, planned at once, scored once there is a model. */
  openCompletion: (offer: CompletionOffer) => void;
  /** Goes to the Lab and rolls out what is on its page with this student. */
  openStudent: (offer: StudentOffer) => void;
  /** Shows another page. */
  openPage: (page: string) => void;
  /** Writes what a page is about into the address. */
  writeQuery: (page: string, query: string) => void;
}

export const PageLinksContext = createContext<PageLinks | null>(null);

export function usePageLinks(): PageLinks {
  const links = useContext(PageLinksContext);
  if (links === null) throw new Error('Pages need a PageLinksContext above them.');
  return links;
}
