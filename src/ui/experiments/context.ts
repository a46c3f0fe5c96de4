/** The session that the app keeps, for the page's components. */

import { useStore } from 'zustand';
import type { ExperimentReport } from '../../contract/experiment/experiment-report.ts';
import { useKept } from '../engine/context.tsx';
import { createExperimentsSession, type ExperimentsState } from './state/session.ts';

export const useExperiments = () => useKept(createExperimentsSession);

export const useExperimentsState = <T>(select: (state: ExperimentsState) => T): T =>
  useStore(useExperiments().store, select);

/** What the panels below a report are given. */
export interface ReportProps {
  readonly report: ExperimentReport;
}
