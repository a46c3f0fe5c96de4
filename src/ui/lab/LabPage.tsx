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

export function LabPage() {
  const view = useLab((s) => s.settings.view);
  const hidden = useLab((s) => s.settings.worksheet);
  const All = allControls.Page;
  return view === 'start' && !hidden ? (
    <StartView />
  ) : (
    <Suspense fallback={<Coming what="the controls" />}>
      <All />
    </Suspense>
  );
}
