/** The shell: header, the page that the address names, and the last resort for an error in drawing. */

import { Suspense, useEffect, useSyncExternalStore } from 'react';
import { BackendChip } from '../engine/BackendChip.tsx';
import { EngineProvider } from '../engine/context.tsx';
import type { Engine } from '../engine/engine.ts';
import { SessionProvider } from '../lab/context.tsx';
import { LabDrop } from '../lab/LabDrop.tsx';
import type { Session } from '../lab/state/session.ts';
import { type PageLinks, PageLinksContext } from '../shared/page-links.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Header } from './Header.tsx';
import { Keys } from './Keys.tsx';
import { Navigation } from './Navigation.tsx';
import { PAGES } from './pages.ts';
import { currentPage, goTo, onRoute } from './route.ts';

/** Pages that take dropped files themselves; on the others the Lab takes them, or says where they belong. */
const OWN_DROPS: ReadonlySet<string> = new Set(['lab', 'evaluate', 'models', 'rollouts']);

const openLab = () => goTo('lab');

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
          <ErrorBoundary key={id} onRetry={lazy?.again}>
            <Suspense fallback={<p role="status">Loading the page …</p>}>
              <Page />
            </Suspense>
            {!OWN_DROPS.has(id) && <LabDrop onTake={openLab} />}
          </ErrorBoundary>
        </PageLinksContext>
      </SessionProvider>
    </EngineProvider>
  );
}
