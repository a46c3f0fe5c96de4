/** The Experiments page: a question, what was run to answer it, and what came of it. No model is needed. */

import { useEffect } from 'react';
import { answerSentence, stateSentence } from '../../contract/experiment/experiment-words.ts';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { FileButton } from '../shared/FileButton.tsx';
import { FolderButton } from '../shared/FolderButton.tsx';
import { TwoColumns } from '../shared/TwoColumns.tsx';
import { type ReportProps, useExperiments, useExperimentsState } from './context.ts';
import styles from './ExperimentsPage.module.css';
import { BesidePanel } from './panels/BesidePanel.tsx';
import { ClaimsPanel } from './panels/ClaimsPanel.tsx';
import { CurvesPanel } from './panels/CurvesPanel.tsx';
import { FiguresPanel } from './panels/FiguresPanel.tsx';
import { MadePanel } from './panels/MadePanel.tsx';
import { MapPanel } from './panels/MapPanel.tsx';
import { StepsPanel } from './panels/StepsPanel.tsx';

const SHIPPED = 'experiments/does-seeing-first-help.json';

export function ExperimentsPage() {
  const { dismiss, showShipped, store } = useExperiments();
  const report = useExperimentsState((s) => s.report);
  const loading = useExperimentsState((s) => s.loading);
  const error = useExperimentsState((s) => s.error);
  useEffect(() => {
    if (store.getState().report === null) void showShipped();
  }, [showShipped, store]);
  return (
    <TwoColumns widths={['18rem', '24rem']} side={<Side />}>
      <div className={styles.stack}>
        {error !== null && (
          <ErrorNote
            error={error}
            {...(error.code === 'experiment.not-fetched'
              ? { retry: { label: 'Try again', run: () => void showShipped() } }
              : {})}
            onDismiss={dismiss}
          />
        )}
        {report === null ? (
          <p role="status">{loading ? 'The results are fetched …' : 'There are no results yet.'}</p>
        ) : (
          <>
            <MapPanel report={report} />
            <ClaimsPanel report={report} />
            <CurvesPanel report={report} />
            <BesidePanel report={report} />
            <StepsPanel report={report} />
            <FiguresPanel report={report} />
            <MadePanel report={report} />
          </>
        )}
      </div>
    </TwoColumns>
  );
}

/** The question, its answer so far, and whose results they are. */
function Side() {
  const { openFile, openFolder, showShipped } = useExperiments();
  const report = useExperimentsState((s) => s.report);
  const own = useExperimentsState((s) => s.own);
  return (
    <div className={styles.side}>
      <h2>{report?.experiment.title ?? 'Experiments'}</h2>
      {report !== null && <Answer report={report} />}
      <div className={styles.buttons}>
        <FolderButton
          label="Open a folder"
          disabled={false}
          onFolder={(folder) => void openFolder(folder)}
        />
        <FileButton
          label="Open a zip or report.json"
          icon="upload"
          accept=".json,.zip,application/json,application/zip"
          onFile={(file) => void openFile(file)}
        />
        {own !== null && (
          <button type="button" className="button" onClick={() => void showShipped()}>
            Back to the shipped one
          </button>
        )}
      </div>
      <p className={styles.soft}>
        {own === null
          ? 'These results come with the page.'
          : `These results are your own, from “${own}”.`}{' '}
        An experiment is a file of models, conditions, recipes and seeds;{' '}
        <code>npm run -s experiment -- {own === null ? SHIPPED : 'FILE.json'} --out DIR</code>{' '}
        {own === null ? 'makes this one again' : 'runs one'}, and DIR opens here.
      </p>
    </div>
  );
}

function Answer({ report }: ReportProps) {
  return (
    <>
      <p className={styles.question}>{report.experiment.question}</p>
      <p className={styles.answer} data-answer>
        {answerSentence(report)}
      </p>
      <p className={styles.soft}>
        {stateSentence(report)} A model of 2 million parameters on a drawn world: what is seen here
        is a finding about it, and a reason to look in larger ones.
      </p>
    </>
  );
}
