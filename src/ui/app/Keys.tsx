/** Keys that act wherever the focus is, except in a field; the help page lists them. */

import { useEffect } from 'react';
import type { Session } from '../lab/state/session.ts';
import { askedBy } from './key-bindings.ts';
import { PAGES } from './pages.ts';
import { currentPage, goTo } from './route.ts';

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select') !== null;

export function Keys({ session }: { session: Session }) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || inField(event.target)) return;
      const asked = askedBy(event, PAGES.length);
      const inLab = currentPage() === 'lab';
      if (asked === null || (!inLab && typeof asked === 'string' && asked !== 'help')) return;
      event.preventDefault();
      if (asked === 'help') goTo('help');
      else if (asked === 'run') void session.run();
      else if (asked === 'undo') void session.undo();
      else if (asked === 'redo') void session.redo();
      else if (asked === 'swap') void session.swap();
      else goTo(PAGES[asked.page].id);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [session]);
  return null;
}

/** The first thing that Tab finds: past the header, to the tokens where there are some. */
export function SkipLink({ className }: { className?: string | undefined }) {
  return (
    <button
      type="button"
      className={className}
      onClick={() => {
        // No link to a fragment, which would be a step of the history.
        const main = document.querySelector<HTMLElement>('main');
        const token = main?.querySelector<HTMLElement>(
          '[role="listbox"] [role="option"][aria-selected="true"]',
        );
        if (token == null) main?.setAttribute('tabindex', '-1');
        (token ?? main)?.focus();
      }}
    >
      Skip to the content
    </button>
  );
}
