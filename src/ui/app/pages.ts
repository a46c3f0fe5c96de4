/** The pages, in the order of the navigation; all but the first are loaded when they are opened. */

import type { ComponentType } from 'react';
import { allControls, LabPage } from '../lab/LabPage.tsx';
import { type LazyPage, lazyPage } from '../shared/lazy-page.ts';

export interface PageEntry {
  /** Stands in the address. */
  id: string;
  label: string;
  /** Of the tab. */
  title: string;
  Page: ComponentType;
  /** Of a page that is not there from the start: how it is fetched. */
  lazy?: Pick<LazyPage, 'fetchAhead' | 'again'>;
}

const train = lazyPage(
  'The Train page',
  async () => (await import('../train/TrainPage.tsx')).TrainPage,
);
const evaluate = lazyPage(
  'The Evaluate page',
  async () => (await import('../evaluate/EvaluatePage.tsx')).EvaluatePage,
);
const chapters = lazyPage(
  'The chapters',
  async () => (await import('../chapters/ChaptersPage.tsx')).ChaptersPage,
);
const data = lazyPage('The Data page', async () => (await import('../data/DataPage.tsx')).DataPage);
const rollouts = lazyPage(
  'The Rollouts page',
  async () => (await import('../rollouts/RolloutsPage.tsx')).RolloutsPage,
);
const models = lazyPage(
  'The Models page',
  async () => (await import('../models/ModelsPage.tsx')).ModelsPage,
);
const experiments = lazyPage(
  'The Experiments page',
  async () => (await import('../experiments/ExperimentsPage.tsx')).ExperimentsPage,
);
const bench = lazyPage(
  'The Bench page',
  async () => (await import('../bench/BenchPage.tsx')).BenchPage,
);

const help = lazyPage('The help page', async () => (await import('../help/HelpPage.tsx')).HelpPage);

export const PAGES: readonly PageEntry[] = [
  {
    id: 'lab',
    label: 'Lab',
    title: 'ViGOS Playground: every token and its teacher',
    Page: LabPage,
    lazy: allControls,
  },
  {
    id: 'train',
    label: 'Train',
    title: 'Train: the student learns in this tab · ViGOS Playground',
    Page: train.Page,
    lazy: train,
  },
  {
    id: 'evaluate',
    label: 'Evaluate',
    title: 'Evaluate: does it look, and what leaks? · ViGOS Playground',
    Page: evaluate.Page,
    lazy: evaluate,
  },
  {
    id: 'experiments',
    label: 'Experiments',
    title: 'Experiments: when does seeing first help? · ViGOS Playground',
    Page: experiments.Page,
    lazy: experiments,
  },
  {
    id: 'data',
    label: 'Data',
    title: 'Data: questions and pictures of your own · ViGOS Playground',
    Page: data.Page,
    lazy: data,
  },
  {
    id: 'rollouts',
    label: 'Rollouts',
    title: 'Rollouts: what teachers would do to all of them · ViGOS Playground',
    Page: rollouts.Page,
    lazy: rollouts,
  },
  {
    id: 'models',
    label: 'Models',
    title: 'Models: open your own · ViGOS Playground',
    Page: models.Page,
    lazy: models,
  },
  {
    id: 'bench',
    label: 'Bench',
    title: 'Bench: the kernels on your machine · ViGOS Playground',
    Page: bench.Page,
    lazy: bench,
  },
  {
    id: 'chapters',
    label: 'Chapters',
    title: 'Chapters: what a teacher sees, told step by step · ViGOS Playground',
    Page: chapters.Page,
    lazy: chapters,
  },
  {
    id: 'help',
    label: 'Help',
    title: 'Help: questions, words, keys · ViGOS Playground',
    Page: help.Page,
    lazy: help,
  },
];
