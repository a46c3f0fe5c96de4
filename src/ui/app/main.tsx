/** The page's entry: the session of the Lab, the shell around it, and the URL kept in step. */

import '../shared/fonts.css';
import '../shared/tokens.css';
import '../shared/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { builtInModel, DEFAULT_MODEL } from '../../contract/models/built-in-models.ts';
import { builtInSource } from '../engine/built-in-source.ts';
import { startEngine } from '../engine/client.ts';
import { createEngine } from '../engine/engine.ts';
import { createSession } from '../lab/state/session.ts';
import { createLabStore } from '../lab/state/store.ts';
import { readLink } from '../lab/state/url.ts';
import { paintTeachers } from '../shared/teacher-colours.ts';
import { App } from './App.tsx';
import { keepView, withKeptView } from './kept-view.ts';
import { pageLinks } from './page-links.ts';
import { PAGES } from './pages.ts';
import { currentPage } from './route.ts';
import { stayAlive } from './stay-alive.ts';
import { keepUrlInStep } from './url-in-step.ts';

paintTeachers();

const link = readLink(location.search);
const store = createLabStore({ ...withKeptView(link.settings, location.search), model: null });
const engine = createEngine({
  startEngine,
  choice: link.settings.backend,
  model: builtInSource(DEFAULT_MODEL),
  first: builtInSource(builtInModel(link.settings.model) ?? DEFAULT_MODEL),
});
const session = createSession({ store, engine });

session.sayOf(link, PAGES.some(({ id }) => id === currentPage()) ? null : currentPage());
stayAlive(engine);
keepView(store);
keepUrlInStep(
  store,
  (before) => void session.restore(before),
  (looking) => void session.change(looking),
);

void session.showRecorded();
void engine.load();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App engine={engine} session={session} links={pageLinks(session)} />
  </StrictMode>,
);
