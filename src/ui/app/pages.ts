/** The pages, in the order of the navigation; all but the first are loaded when they are opened. */

import { type ComponentType, lazy } from 'react';
import { LabPage } from '../lab/LabPage.tsx';

export interface PageEntry {
  /** Stands in the address. */
  id: string;
  label: string;
  /** Of the tab. */
  title: string;
  Page: ComponentType;
}

export const PAGES: readonly PageEntry[] = [
  {
    id: 'lab',
    label: 'Lab',
    title: 'ViGOS Playground: every token and its teacher',
    Page: LabPage,
  },
  {
    id: 'train',
    label: 'Train',
    title: 'Train: the student learns in this tab · ViGOS Playground',
    Page: lazy(async () => ({ default: (await import('../train/TrainPage.tsx')).TrainPage })),
  },
  {
    id: 'bench',
    label: 'Bench',
    title: 'Bench: the kernels on your machine · ViGOS Playground',
    Page: lazy(async () => ({ default: (await import('../bench/BenchPage.tsx')).BenchPage })),
  },
];
