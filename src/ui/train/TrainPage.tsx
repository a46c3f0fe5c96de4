/** The Train page: settings on the left, and what they lead to beside them. */

import { useEffect } from 'react';
import { useKept } from '../engine/context.tsx';
import { usePageLinks } from '../shared/page-links.tsx';
import { TwoColumns } from '../shared/TwoColumns.tsx';
import { TrainProvider } from './context.tsx';
import { TrainForm } from './form/TrainForm.tsx';
import { formQuery } from './state/address.ts';
import { pageSession } from './state/page-session.ts';
import { TrainStage } from './TrainStage.tsx';

export function TrainPage() {
  const session = useKept(pageSession);
  const { writeQuery } = usePageLinks();
  useEffect(() => {
    const write = () => writeQuery('train', formQuery(session.store.getState().form));
    write();
    return session.store.subscribe((state, before) => {
      if (state.form !== before.form) write();
    });
  }, [session, writeQuery]);
  return (
    <TrainProvider session={session}>
      <TwoColumns side={<TrainForm />} widths={['17rem', '20rem']} loose={true}>
        <TrainStage />
      </TwoColumns>
    </TrainProvider>
  );
}
