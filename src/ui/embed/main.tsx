/** The entry of a file that left the playground: it draws the data beside it, and asks nobody for anything. */

import '../shared/tokens.css';
import '../shared/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { paintTeachers } from '../shared/teacher-colours.ts';
import { DATA_ID, type EmbeddedDocument } from './document.ts';
import { EmbeddedPage } from './EmbeddedPage.tsx';
import { readHash } from './hash.ts';

paintTeachers();

const { theme, ...place } = readHash(location.hash);
if (theme !== null) document.documentElement.dataset.theme = theme;
const root = document.getElementById('root');
const data = document.getElementById(DATA_ID)?.textContent;
if (root === null || !data) throw new Error('The file is cut off: export it again.');
createRoot(root).render(
  <StrictMode>
    <EmbeddedPage document={JSON.parse(data) as EmbeddedDocument} place={place} />
  </StrictMode>,
);
