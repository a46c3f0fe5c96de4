/** The session of the page, which the app keeps: a run goes on while another page is open. */

import type { Engine } from '../../engine/engine.ts';
import { keepAwakeWhileTraining } from './awake.ts';
import { noticeEnds } from './end-notice.ts';
import { fetchRecordedRun } from './recorded-run.ts';
import { createTrainSession, type TrainSession } from './session.ts';
import { formFromQuery, leftOfQuery } from './url.ts';

export function pageSession(engine: Engine): TrainSession {
  const ready = () => engine.store.getState().phase === 'ready';
  const session = createTrainSession({
    form: formFromQuery(location.search),
    note: leftOfQuery(location.search),
    api: engine.api,
    ready,
    subscribe: engine.subscribe,
  });
  keepAwakeWhileTraining(session.store);
  noticeEnds(session.store);
  // Runs are listed before a model is there, and again when it is: a run may be of another one.
  const list = () => {
    if (engine.api() !== null) void session.listRuns();
  };
  list();
  void fetchRecordedRun().then((recorded) => session.store.setState({ recorded }));
  // Another tab may have begun or deleted some; what is said of the list stays until it is dismissed.
  document.addEventListener('visibilitychange', () => {
    const { errors } = session.store.getState();
    if (document.visibilityState === 'visible' && errors.runs === undefined) list();
  });
  return session;
}
