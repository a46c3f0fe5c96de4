/** The Train page: settings on the left, and what they lead to beside them. */

import { useEffect } from 'react';
import { usePlayground } from '../shared/playground.tsx';
import { TwoColumns } from '../shared/TwoColumns.tsx';
import { TrainProvider } from './context.tsx';
import { TrainForm } from './form/TrainForm.tsx';
import { trainSessionOf } from './state/page-session.ts';
import { formToQuery } from './state/url.ts';
import { TrainStage } from './TrainStage.tsx';

export function TrainPage() {
  const playground = usePlayground();
  const session = trainSessionOf(playground);
  const { writeQuery } = playground;
  useEffect(() => {
    const write = () => writeQuery('train', formToQuery(session.store.getState().form));
    write();
    return session.store.subscribe((state, before) => {
      if (state.form !== before.form) write();
    });
  }, [session, writeQuery]);
  return (
    <TrainProvider session={session}>
      <TwoColumns side={<TrainForm />} widths={['17rem', '20rem']}>
        <TrainStage />
      </TwoColumns>
    </TrainProvider>
  );
}
