/** What can be saved of one thing, behind a word, since many of them stand side by side. */

import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';

export interface SavePopoverProps {
  /** What is saved. */
  title: string;
  className: string | undefined;
  children: ReactNode;
}

export function SavePopover({ title, className, children }: SavePopoverProps) {
  return (
    <Popover.Root>
      <Popover.Trigger className={className} aria-label={`Save ${title}`}>
        Save
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
          aria-label={`Save ${title}`}
          sideOffset={6}
          collisionPadding={12}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
