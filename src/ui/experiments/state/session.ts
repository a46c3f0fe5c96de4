/** Which experiment is looked at: the one that comes with the page, or results of one's own. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../../base/errors.ts';
import type { ExperimentReport } from '../../../contract/experiment/experiment-report.ts';
import { readExperimentReport } from '../../../contract/experiment/experiment-report-file.ts';
import { isZip, unzip } from '../../../storage/zip-read.ts';
import type { PickedFolder } from '../../shared/FolderButton.tsx';
import { dataAddress } from '../../shared/own-files.ts';

const SHIPPED = 'experiments/does-seeing-first-help/report.json';
const REPORT = 'report.json';
/** Far above what a report of hundreds of runs takes. */
const MOST_BYTES = 50e6;

export interface ExperimentsState {
  readonly report: ExperimentReport | null;
  /** The name of one's own results; null of the shipped ones. */
  readonly own: string | null;
  readonly loading: boolean;
  readonly error: ErrorRecord | null;
}

export interface ExperimentsSession {
  readonly store: StoreApi<ExperimentsState>;
  /** Shows the experiment that comes with the page. */
  readonly showShipped: () => Promise<void>;
  /** Shows a report file, or a zip file or folder of results with one in it. */
  readonly openFile: (file: File) => Promise<void>;
  readonly openFolder: (folder: PickedFolder) => Promise<void>;
  readonly dismiss: () => void;
}

export function createExperimentsSession(): ExperimentsSession {
  const store = createStore<ExperimentsState>(() => ({
    report: null,
    own: null,
    loading: false,
    error: null,
  }));
  /** The last wish wins. */
  let wishes = 0;
  const show = async (own: string | null, read: () => Promise<string>) => {
    const wish = ++wishes;
    store.setState({ loading: true, error: null });
    try {
      const report = readExperimentReport(parsed(await read(), own ?? SHIPPED), own ?? SHIPPED);
      if (wish === wishes) store.setState({ report, own, loading: false });
    } catch (error) {
      if (wish === wishes) store.setState({ loading: false, error: toErrorRecord(error, REPORT) });
    }
  };
  const openFile = (file: File, name = file.name) =>
    show(name, async () => {
      if (file.size > MOST_BYTES) throw tooLarge(name, file.size);
      const bytes = new Uint8Array(await file.arrayBuffer());
      return new TextDecoder().decode(isZip(bytes) ? reportIn(bytes, name) : bytes);
    });
  return {
    store,
    showShipped: () =>
      show(null, async () => {
        const response = await fetch(dataAddress(SHIPPED)).catch(() => null);
        if (response?.ok !== true) throw notHere();
        return response.text();
      }),
    openFile: (file) => openFile(file),
    openFolder: ({ name, files }) => {
      const found = files
        .filter(({ path }) => isReport(path))
        .sort(outermost)
        .at(0);
      if (found !== undefined) return openFile(found.file, name);
      store.setState({ error: noReport(name) });
      return Promise.resolve();
    },
    dismiss: () => store.setState({ error: null }),
  };
}

const isReport = (path: string) => path.split('/').at(-1) === REPORT;
const outermost = (a: { readonly path: string }, b: { readonly path: string }) =>
  a.path.length - b.path.length;

/** The outermost report of an archive. Throws `import.archive`, and `experiment.no-report`. */
function reportIn(archive: Uint8Array, name: string): Uint8Array {
  const found = [...unzip(archive, isReport, MOST_BYTES)]
    .map(([path, bytes]) => ({ path, bytes }))
    .sort(outermost)
    .at(0);
  if (found === undefined) throw new PlaygroundError(noReport(name));
  return found.bytes;
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PlaygroundError({
      code: 'experiment.bad-report',
      message: `${where} is no JSON.`,
      fix: 'Choose the folder that npm run experiment wrote, or report.json in it.',
      where,
    });
  }
}

function noReport(name: string): ErrorRecord {
  return {
    code: 'experiment.no-report',
    message: `There is no ${REPORT} in “${name}”.`,
    fix: 'Choose the folder that npm run experiment wrote; --report writes the report of what is there so far.',
    where: name,
  };
}

function tooLarge(where: string, bytes: number): PlaygroundError {
  return new PlaygroundError({
    code: 'experiment.bad-report',
    message: `${where} is larger than any report: ${bytes} bytes.`,
    fix: 'Choose report.json of an experiment.',
    where,
  });
}

function notHere(): PlaygroundError {
  return new PlaygroundError({
    code: 'experiment.not-fetched',
    message: 'The results that belong to this page could not be fetched.',
    fix: 'Check the connection and try again, or open results of your own.',
    where: SHIPPED,
  });
}
