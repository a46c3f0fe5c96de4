/** How to cite the playground, and the papers whose methods it shows. */

import works from '../../../CITATION.cff?citation';

/** The playground first. */
export const CITATIONS = works;

export const [PLAYGROUND] = CITATIONS;
