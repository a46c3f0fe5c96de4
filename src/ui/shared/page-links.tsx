/** The ways from one page to another, and each page's own part of the address. */

import { createContext, useContext } from 'react';
import type {
  CompletionOffer,
  GroupOffer,
  QuestionOffer,
  RolloutOffer,
  StudentOffer,
} from './offers.ts';

export interface PageLinks {
  /** Shows a rollout in the Lab, scored with the student that made it. */
  openRollout: (offer: RolloutOffer) => void;
  /** Shows a group of rollouts in the Lab, its terms read with a student of its run. */
  openGroup: (offer: GroupOffer) => void;
  /** Shows a completion of a file in the Lab, planned at once, scored once there is a model. */
  openCompletion: (offer: CompletionOffer) => void;
  /** Puts a question with its picture and its reference into the Lab, to be run there. */
  openQuestion: (offer: QuestionOffer) => void;
  /** Goes to the Lab and rolls out what is on its page with this student. */
  openStudent: (offer: StudentOffer) => void;
  /** Shows another page. */
  openPage: (page: string) => void;
  /** Goes to an address of this site, and takes it as if it had been opened. */
  openAddress: (query: string) => void;
  /** Writes what a page is about into the address; it belongs to the step of the history that it is in, unless another is asked for. */
  writeQuery: (page: string, query: string, step?: 'pushState' | 'replaceState') => void;
}

export const PageLinksContext = createContext<PageLinks | null>(null);

export function usePageLinks(): PageLinks {
  const links = useContext(PageLinksContext);
  if (links === null) throw new Error('Pages need a PageLinksContext above them.');
  return links;
}
