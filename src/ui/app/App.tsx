/** The shell: header, the page that the address names, and the last resort for an error in drawing. */

import { Suspense, useEffect, useSyncExternalStore } from 'react';
import { BackendChip } from '../engine/BackendChip.tsx';
import { EngineProvider } from '../engine/context.tsx';
import type { Engine } from '../engine/engine.ts';
import { SessionProvider } from '../lab/context.tsx';
import type { Session } from '../lab/state/session.ts';
import { Coming } from '../shared/Coming.tsx';
import { type PageLinks, PageLinksContext } from '../shared/page-links.tsx';
import { DropTarget } from './drop/DropTarget.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Header } from './Header.tsx';
import { Keys } from './Keys.tsx';
import { Navigation } from './Navigation.tsx';
import { PAGES } from './pages.ts';
import { currentPage, onRoute } from './route.ts';

export interface AppProps {
  engine: Engine;
  session: Session;
  links: PageLinks;
}

export function App({ engine, session, links }: AppProps) {
  const wanted = useSyncExternalStore(onRoute, currentPage);
  const { id, title, Page, lazy } = PAGES.find((page) => page.id === wanted) ?? PAGES[0];
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <EngineProvider engine={engine}>
      <SessionProvider session={session}>
        <PageLinksContext value={links}>
          <Keys session={session} />
          <Header navigation={<Navigation current={id} />}>
            <BackendChip />
          </Header>
          <DropTarget page={id} />
          <ErrorBoundary key={id} onRetry={lazy?.again}>
            <Suspense fallback={<Coming what="the page" />}>
              <Page />
            </Suspense>
          </ErrorBoundary>
        </PageLinksContext>
      </SessionProvider>
    </EngineProvider>
  );
}
