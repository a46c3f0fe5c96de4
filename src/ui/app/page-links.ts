/** How pages lead to one another. */

import type { Session } from '../lab/state/session.ts';
import type { PageLinks } from '../shared/page-links.tsx';
import { goTo, goToAddress, writeQuery } from './route.ts';

export const pageLinks = (lab: Session): PageLinks => ({
  openRollout(offer) {
    goTo('lab');
    void lab.openRollout(offer);
  },
  openGroup(offer) {
    goTo('lab');
    void lab.openGroup(offer);
  },
  openCompletion(offer) {
    goTo('lab');
    void lab.openCompletion(offer);
  },
  openQuestion(offer) {
    goTo('lab');
    void lab.openQuestion(offer);
  },
  openStudent(offer) {
    goTo('lab');
    void lab.askStudent(offer);
  },
  openPage: goTo,
  openAddress: goToAddress,
  writeQuery: (page, query, step = 'replaceState') => writeQuery(page, query, step),
});
