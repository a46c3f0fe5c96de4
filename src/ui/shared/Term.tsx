/** A word of the glossary, with its entry as help. */

import type { ReactNode } from 'react';
import { GLOSSARY, type TermId } from './glossary.ts';
import { Help } from './Help.tsx';

export interface TermProps {
  id: TermId;
  /** The term’s value for what is on the page, in words and numbers. */
  here?: string | undefined;
  children?: ReactNode;
}

export function Term({ id, here, children }: TermProps) {
  return (
    <Help entry={GLOSSARY[id]} here={here}>
      {children}
    </Help>
  );
}
