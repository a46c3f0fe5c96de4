/** A link to an address of this site, taken without loading everything anew where that is possible. */

import type { ReactNode } from 'react';
import { usePageLinks } from './page-links.tsx';

export interface AddressLinkProps {
  /** Without a leading `?`. */
  query: string;
  /** The address names another model, or a page other than the Lab that reads it when it begins: the browser loads it. */
  anew?: boolean | undefined;
  className?: string | undefined;
  children: ReactNode;
}

export function AddressLink({ query, anew = false, className, children }: AddressLinkProps) {
  const { openAddress } = usePageLinks();
  return (
    <a
      className={className}
      href={`?${query}`}
      onClick={(event) => {
        if (anew || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        openAddress(query);
      }}
    >
      {children}
    </a>
  );
}
