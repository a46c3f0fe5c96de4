/** The shell: header, the page that the address names, and the last resort for an error in drawing. */

import { Suspense, useEffect, useSyncExternalStore } from 'react';
import { SessionProvider } from '../lab/context.tsx';
import { BackendChip } from '../lab/controls/BackendChip.tsx';
import type { Session } from '../lab/state/session.ts';
import { type Playground, PlaygroundContext } from '../shared/playground.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Header } from './Header.tsx';
import { Navigation } from './Navigation.tsx';
import { PAGES } from './pages.ts';
import { currentPage, onRoute } from './route.ts';

export interface AppProps {
  session: Session;
  playground: Playground;
}

export function App({ session, playground }: AppProps) {
  const wanted = useSyncExternalStore(onRoute, currentPage);
  const { id, title, Page, lazy } = PAGES.find((page) => page.id === wanted) ?? PAGES[0];
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <SessionProvider session={session}>
      <Header navigation={<Navigation current={id} />}>
        <BackendChip />
      </Header>
      <ErrorBoundary key={id} onRetry={lazy?.again}>
        <PlaygroundContext value={playground}>
          <Suspense fallback={<p role="status">Loading the page …</p>}>
            <Page />
          </Suspense>
        </PlaygroundContext>
      </ErrorBoundary>
    </SessionProvider>
  );
}
