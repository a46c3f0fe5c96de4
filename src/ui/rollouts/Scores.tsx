/** What a model's teachers would do to the rollouts of a file: by teacher and segment, PALR, and where they disagree most. */

import { useMemo, useState } from 'react';
import { ROLLOUT_METHODS } from '../../contract/rollouts/rollout-methods.ts';
import type { ScoredPlace, ScoreStatistics } from '../../contract/rollouts/rollout-scores.ts';
import type { RolloutSetRecord } from '../../contract/rollouts/rollouts.ts';
import { ChartCard } from '../charts/ChartCard.tsx';
import type { ChartText } from '../charts/chart-text.ts';
import { formatNats, formatPercent, formatPlain } from '../shared/format.ts';
import { Icon } from '../shared/Icon.tsx';
import { Pager } from '../shared/PagedTable.tsx';
import { usePageLinks } from '../shared/page-links.tsx';
import { Table } from '../shared/Table.tsx';
import { TableHead } from '../shared/TableHead.tsx';
import { TeacherBadge } from '../shared/TeacherBadge.tsx';
import { TEACHERS } from '../shared/teachers.ts';
import { visibleText } from '../shared/visible-text.ts';
import { useRollouts, useRolloutsState } from './context.ts';
import { offerOf, pictureOfRow } from './row-offer.ts';
import styles from './Scores.module.css';

interface ScoresProps {
  scores: ScoreStatistics;
  set: RolloutSetRecord;
}

export function Scores({ scores, set }: ScoresProps) {
  const { saveScores } = useRollouts();
  const { record, scored, lacks, all } = scores;
  const { model, writer, method } = record;
  return (
    <div className={styles.stack}>
      <p>
        {count(scored)} rollouts, written by{' '}
        {writer.trim() === '' ? 'a model that neither the file nor you named' : <b>{writer}</b>},
        scored by <b>{model.student?.label ?? model.name}</b>
        {model.fingerprint === null ? '' : ` (${model.fingerprint.slice(0, 8)})`} on{' '}
        {record.backend === 'webgpu' ? 'WebGPU' : 'WebAssembly'}, under{' '}
        {ROLLOUT_METHODS[method].label}.
      </p>
      {lacks.length > 0 && (
        <ul className={styles.lacks} aria-label="Not scored">
          {lacks.map(({ code, count: some, words }) => (
            <li key={code}>
              {count(some)} {some === 1 ? 'has' : 'have'} {words.replace(/\.$/, '')}.
            </li>
          ))}
        </ul>
      )}
      {all.tokens > 0 && (
        <>
          <Groups scores={scores} />
          <Rates scores={scores} />
          <BySteps scores={scores} />
          <Places scores={scores} set={set} />
          <div className={styles.pager}>
            <button type="button" className="button" onClick={() => void saveScores('csv')}>
              <Icon name="download" />
              All tokens (CSV)
            </button>
            <button type="button" className="button" onClick={() => void saveScores('parquet')}>
              <Icon name="download" />
              All tokens (Parquet)
            </button>
            <button type="button" className="button" onClick={() => void saveScores('statistics')}>
              <Icon name="download" />
              Statistics (JSON)
            </button>
          </div>
        </>
      )}
    </div>
  );
}

function Groups({ scores: { groups, all } }: { scores: ScoreStatistics }) {
  const rows = [...groups].sort((a, b) => b.tokens - a.tokens);
  return (
    <Table figures>
      <caption>Divergence of supervised tokens, nats a token</caption>
      <TableHead columns={['Teacher', 'Segment', 'Tokens', 'Divergence', 'Loss', 'Clipped']} />
      <tbody>
        {rows.map(({ teacher, segment, ...sums }) => (
          <tr key={`${teacher} ${segment}`}>
            <th scope="row">
              <TeacherBadge teacher={teacher} />
            </th>
            <td>{segment}</td>
            <Figures sums={sums} />
          </tr>
        ))}
        <tr>
          <th scope="row">All</th>
          <td />
          <Figures sums={all} />
        </tr>
      </tbody>
    </Table>
  );
}

function Figures({ sums }: { sums: ScoreStatistics['all'] }) {
  return (
    <>
      <td>{count(sums.tokens)}</td>
      <td>{formatNats(sums.divergence)}</td>
      <td>{formatNats(sums.loss)}</td>
      <td>{formatPercent(sums.clipped)}</td>
    </>
  );
}

const RATES = [
  { id: 'description', label: 'Description' },
  { id: 'reasoningAnswer', label: 'Reasoning and answer' },
  { id: 'all', label: 'All' },
] as const;

function Rates({ scores: { palr } }: { scores: ScoreStatistics }) {
  if (palr === null) return null;
  const share = (rate: number | null) => (rate === null ? '–' : formatPercent(rate));
  return (
    <Table figures>
      <caption>
        PALR over {count(palr.vigos.rollouts)} valid rollouts: the share of the teachers’ push that
        comes from the reference answer; wrong answers are other rollouts’ references, the other
        picture is the next rollout’s
      </caption>
      <TableHead columns={['Method', ...RATES.map(({ label }) => label)]} />
      <tbody>
        {(['opsd', 'vigos'] as const).map((method) => (
          <tr key={method}>
            <th scope="row">{method === 'opsd' ? 'OPSD' : 'ViGOS'}</th>
            {RATES.map(({ id }) => (
              <td key={id}>{share(palr[method][id])}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const BY_STEP: ChartText = {
  id: 'scored-divergence',
  title: 'Divergence by step',
  unit: 'nats a token',
  sentence: 'Mean divergence of the supervised tokens, before the clip.',
  format: formatNats,
};

function BySteps({ scores: { steps } }: { scores: ScoreStatistics }) {
  const draw = useMemo(
    () => () => ({
      steps: steps.map(({ step }) => step),
      lines: [
        {
          runId: 'set',
          runName: '',
          runIndex: 0,
          lineId: 'divergence',
          label: 'divergence',
          values: steps.map(({ divergence }) => divergence),
          dash: [],
        },
      ],
    }),
    [steps],
  );
  if (steps.length < 2) return null;
  return (
    <ChartCard chart={BY_STEP} draw={draw} severalRuns={false} nothing={false} onRange={NO_RANGE} />
  );
}

const NO_RANGE = () => undefined;

const PLACES_SHOWN = 10;

function Places({ scores, set }: ScoresProps) {
  const [page, setPage] = useState(0);
  const { places } = scores;
  const pages = Math.ceil(places.length / PLACES_SHOWN);
  const shown = places.slice(page * PLACES_SHOWN, (page + 1) * PLACES_SHOWN);
  return (
    <Table
      figures
      className={styles.places}
      below={pages < 2 ? undefined : <Pager page={page} pages={pages} onPage={setPage} />}
    >
      <caption>Where student and teachers disagree most, over all that was scored</caption>
      <TableHead
        columns={['Line', 'Token', 'Teacher', 'Divergence', 'log p, student', 'log p, teacher']}
        unseen="Open"
      />
      <tbody>
        {shown.map((place) => (
          <PlaceRow key={`${place.row} ${place.token}`} place={place} set={set} />
        ))}
      </tbody>
    </Table>
  );
}

function PlaceRow({ place, set }: { place: ScoredPlace; set: RolloutSetRecord }) {
  const { rowOfScores } = useRollouts();
  const { openCompletion } = usePageLinks();
  const pictures = useRolloutsState((s) => s.pictures);
  const method = useRolloutsState((s) => s.scores?.record.method ?? s.query.method);
  const { line, row, token, before, text, after, teacher, divergence, clipped } = place;
  const open = async () => {
    const opened = await rowOfScores(row);
    if (opened === null) return;
    const picture = await pictureOfRow(opened, pictures);
    const offer = offerOf(opened, {
      picture,
      file: set.name,
      method: ROLLOUT_METHODS[method].method,
      token,
    });
    if (offer !== null) openCompletion(offer);
  };
  return (
    <tr>
      <th scope="row">{line}</th>
      <td className={styles.text}>
        {visibleText(before)}
        <mark data-teacher={teacher}>{visibleText(text)}</mark>
        {visibleText(after)}
      </td>
      <td>
        <TeacherBadge teacher={teacher} named={false} />
        <span className="visually-hidden">{TEACHERS[teacher].label}</span>
      </td>
      <td>
        {formatNats(divergence)}
        {clipped ? ', clipped' : ''}
      </td>
      <td>{formatPlain(place.studentLogProb)}</td>
      <td>{formatPlain(place.teacherLogProb)}</td>
      <td>
        <button
          type="button"
          className="button"
          aria-label={`Open token ${token + 1} of line ${line} in the Lab`}
          onClick={() => void open()}
        >
          Lab
        </button>
      </td>
    </tr>
  );
}

const count = (n: number) => n.toLocaleString('en');
