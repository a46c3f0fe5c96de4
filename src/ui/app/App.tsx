/** The shell: header, page, and the last resort for an error in drawing. */

import { SessionProvider } from '../lab/context.tsx';
import { BackendChip } from '../lab/controls/BackendChip.tsx';
import { LabPage } from '../lab/LabPage.tsx';
import type { Session } from '../lab/state/session.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Header } from './Header.tsx';

export function App({ session }: { session: Session }) {
  return (
    <SessionProvider session={session}>
      <Header>
        <BackendChip />
      </Header>
      <ErrorBoundary>
        <LabPage />
      </ErrorBoundary>
    </SessionProvider>
  );
}
