/** A report of chosen rollouts: which are in it, and its file. */

import type { StoreApi } from 'zustand/vanilla';
import { latePart } from '../../../base/late-part.ts';
import { unwrap } from '../../../base/outcome.ts';
import { saveBlob } from '../../shared/save-file.ts';
import type { RolloutsClient } from '../client.ts';
import { type ErrorPlace, MOST_CHOSEN, type RolloutsState } from '../state.ts';
import { type ReportRow, reportDocument } from './report-document.ts';

export interface ReportSession {
  /** Takes rows into the report, up to its most, or out of it. */
  choose(rows: readonly number[], wanted: boolean): void;
  /** Takes in the first rows of the list. */
  chooseListed(most: number): Promise<void>;
  /** Hands the report to the browser's downloads, one HTML file. */
  saveReport(withPictures: boolean): Promise<void>;
}

interface Host {
  readonly store: StoreApi<RolloutsState>;
  readonly api: () => RolloutsClient['api'];
  readonly tried: (place: ErrorPlace, work: () => Promise<void>) => Promise<boolean>;
  readonly clear: (place: ErrorPlace) => void;
}

/** It carries the whole page that it writes. */
const embeddedFile = latePart('What writes pages', () => import('../../embed/embedded-file.ts'));

export function reportSession({ store, api, tried, clear }: Host): ReportSession {
  const { getState: get, setState: set } = store;
  const session: ReportSession = {
    choose(rows, wanted) {
      const others = get().chosen.filter((row) => !rows.includes(row));
      set({ chosen: wanted ? [...others, ...rows].slice(0, MOST_CHOSEN) : others });
    },
    async chooseListed(most) {
      await tried('report', async () => {
        const rows = unwrap(await api().rows(0, most));
        session.choose(
          rows.map(({ row }) => row),
          true,
        );
      });
    },
    async saveReport(withPictures) {
      const { record, chosen, answer, scores, query, pictures: given } = get();
      if (record === null || answer === null || chosen.length === 0) return;
      clear('report');
      set({ reporting: true });
      await tried('report', async () => {
        // What was scored was planned by its own method.
        const method = scores?.record.method ?? query.method;
        const rows: ReportRow[] = [];
        for (const row of chosen)
          rows.push({
            opened: unwrap(await api().row(row, method)),
            scored: scores === null ? null : unwrap(await api().scoredRow(row)),
          });
        const { statistics } = answer;
        const report = { set: record, method, statistics, scores, rows, withPictures, given };
        const { embeddedHtml } = await embeddedFile.come();
        const html = embeddedHtml(await reportDocument(report));
        const name = record.name.replace(/\.[^.]*$/, '');
        saveBlob(new Blob([html], { type: 'text/html' }), `${name}-report.html`);
      });
      set({ reporting: false });
    },
  };
  return session;
}
