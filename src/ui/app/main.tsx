/** The page's entry: the session of the Lab, the shell around it, and the URL kept in step. */

import '../shared/fonts.css';
import '../shared/tokens.css';
import '../shared/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createSession } from '../lab/state/session.ts';
import { createLabStore } from '../lab/state/store.ts';
import { readLink } from '../lab/state/url.ts';
import { startEngine } from '../shared/engine-client.ts';
import { createEngineHub } from '../shared/engine-hub.ts';
import { dataAddress } from '../shared/own-files.ts';
import { App } from './App.tsx';
import { PAGES } from './pages.ts';
import { createPlayground } from './playground.ts';
import { currentPage } from './route.ts';
import { stayAlive } from './stay-alive.ts';
import { keepUrlInStep } from './url-in-step.ts';

const link = readLink(location.search);
const store = createLabStore({ ...link.settings, model: null });
const hub = createEngineHub(startEngine);
const session = createSession({
  store,
  startEngine: hub.start,
  model: {
    kind: 'bundled',
    name: 'tiny-qwen2.5-vl',
    url: dataAddress('models/tiny-qwen2.5-vl/'),
  },
});

session.sayOf(link, PAGES.some(({ id }) => id === currentPage()) ? null : currentPage());
stayAlive(store);
keepUrlInStep(store, (before) => void session.restore(before));

void session.showRecorded();
void session.load();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App session={session} playground={createPlayground(hub, session)} />
  </StrictMode>,
);
