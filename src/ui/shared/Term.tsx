/** A word of the glossary, with its entry as help. */

import { type ReactNode, useState } from 'react';
import { latePart } from '../../base/late-part.ts';
import type { TermId } from './glossary.ts';
import { Help } from './Help.tsx';
import { useLatePart } from './use-late-part.ts';

/** More text than the rest of the Lab has, read by whoever asks. */
const glossary = latePart('The glossary', async () => (await import('./glossary.ts')).GLOSSARY);

export interface TermProps {
  id: TermId;
  /** The term’s value for what is on the page, in words and numbers. */
  here?: string | undefined;
  children: ReactNode;
}

export function Term({ id, here, children }: TermProps) {
  const [wanted, setWanted] = useState(false);
  const { value, error } = useLatePart(glossary, wanted);
  const missing =
    error === null ? null : { title: 'No help', text: `${error.message} ${error.fix}` };
  return (
    <Help entry={value?.[id] ?? missing} here={here} onWanted={setWanted}>
      {children}
    </Help>
  );
}
