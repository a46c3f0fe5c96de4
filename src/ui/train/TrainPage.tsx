/** The Train page: settings on the left, and what they lead to beside them. */

import { useEffect } from 'react';
import { builtInModel } from '../../contract/models/built-in-models.ts';
import { useEngineState, useKept } from '../engine/context.tsx';
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
  // The app reads it; a model of a person's own is in no address.
  const model = useEngineState((engine) => builtInModel(engine.ownModel));
  useEffect(() => {
    const write = () => {
      const query = formQuery(session.store.getState().form);
      writeQuery('train', model === undefined ? query : `model=${model.name}&${query}`);
    };
    write();
    return session.store.subscribe((state, before) => {
      if (state.form !== before.form) write();
    });
  }, [session, writeQuery, model]);
  return (
    <TrainProvider session={session}>
      <TwoColumns side={<TrainForm />} widths={['17rem', '20rem']} loose={true}>
        <TrainStage />
      </TwoColumns>
    </TrainProvider>
  );
}
