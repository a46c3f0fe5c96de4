/** The Lab: as it opens, about one token; then with all its controls, which are fetched when they are first wanted. */

import { Suspense } from 'react';
import { Coming } from '../shared/Coming.tsx';
import { lazyPage } from '../shared/lazy-page.ts';
import { useLab } from './context.tsx';
import { StartView } from './start/StartView.tsx';

export const allControls = lazyPage(
  'The Lab’s controls',
  async () => (await import('./AllControls.tsx')).AllControls,
);

const worksheet = lazyPage(
  'The worksheet',
  async () => (await import('./worksheet/Worksheet.tsx')).Worksheet,
);

export function LabPage() {
  const view = useLab((s) => s.settings.view);
  const hidden = useLab((s) => s.settings.worksheet);
  const All = allControls.Page;
  const Sheet = worksheet.Page;
  // Nothing of what a worksheet hides is on the page, whatever else changes.
  if (hidden)
    return (
      <Suspense fallback={<p role="status">Loading the worksheet …</p>}>
        <Sheet />
      </Suspense>
    );
  return view === 'start' ? (
    <StartView />
  ) : (
    <Suspense fallback={<Coming what="the controls" />}>
      <All />
    </Suspense>
  );
}
