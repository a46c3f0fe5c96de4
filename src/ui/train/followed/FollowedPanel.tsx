/** One fixed rollout over the run, token by step; hovering or the arrow keys read a cell. */

import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { FollowedRollout } from '../../../engine/trainContract.ts';
import { formatNats } from '../../shared/format.ts';
import { TEACHERS, teacherMark } from '../../shared/teachers.ts';
import { VisibleText } from '../../shared/VisibleText.tsx';
import { spokenToken } from '../../shared/visible-text.ts';
import { resolved } from '../charts/looks.ts';
import { useTheme } from '../charts/use-theme.ts';
import { useTrain } from '../context.tsx';
import { PagedTable } from '../PagedTable.tsx';
import styles from './FollowedPanel.module.css';
import { type HeatMap, heatMapOf, moved } from './heat-map.ts';

/** CSS pixels of a row; the texts beside the canvas have the same. */
const ROW = 16;
const MOST_COLUMN = 28;

interface Cell {
  readonly token: number;
  readonly at: number;
}

export function FollowedPanel() {
  const followed = useTrain((s) => s.run?.followed ?? null);
  const [asTable, setAsTable] = useState(false);
  const [page, setPage] = useState(0);
  const map = useMemo(
    () => (followed === null ? null : heatMapOf(followed.rollout, followed.steps)),
    [followed],
  );
  if (followed === null || map === null) return null;
  const { rollout } = followed;
  return (
    <section className={styles.panel} aria-labelledby="followed-heading">
      <header className={styles.header}>
        <h3 id="followed-heading">One rollout over the run</h3>
        <p>
          “{rollout.question}” The rollout was sampled before training and stays as it is; each
          column measures it again. Full colour is {formatNats(map.top)} nats or more.
        </p>
        <button
          type="button"
          className="button"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          Table
        </button>
      </header>
      {asTable ? (
        <PagedTable
          caption="Divergence of each token by step, nats"
          rowHead={{ label: 'Token', cell: (row) => rollout.texts[row] }}
          columns={[
            {
              id: 'teacher',
              label: 'Teacher',
              cell: (row) => TEACHERS[teacherMark(rollout.teachers[row])].label,
            },
            ...map.steps.map((step, at) => ({
              id: `step-${step}`,
              label: `step ${step}`,
              cell: (row: number) => {
                const value = map.rows[row][at];
                return value === null ? '–' : formatNats(value);
              },
            })),
          ]}
          rows={rollout.ids.length}
          page={page}
          onPage={setPage}
        />
      ) : (
        <HeatMapView rollout={rollout} map={map} />
      )}
    </section>
  );
}

function HeatMapView({ rollout, map }: { rollout: FollowedRollout; map: HeatMap }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setCell] = useState<Cell | null>(null);
  const theme = useTheme();
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, rollout, map, theme);
  }, [rollout, map, theme]);
  const current = cell ?? { token: 0, at: Math.max(0, map.steps.length - 1) };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event.key, current, map);
    if (next === null) return;
    event.preventDefault();
    setCell(next);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    const down = (event.clientY - box.top) / box.height;
    setCell({
      token: clamp(Math.floor(down * map.rows.length), map.rows.length - 1),
      at: clamp(Math.floor(share * map.steps.length), map.steps.length - 1),
    });
  };
  const tokens = rollout.texts.map((text, index) => ({ index, text }));
  const edge = {
    '--rows': map.rows.length,
    '--columns': map.steps.length,
    '--token': current.token,
    '--at': current.at,
  };
  return (
    <div className={styles.map} style={{ '--row': `${ROW}px`, ...edge }}>
      <p className={styles.reading} role="status">
        {cell === null
          ? 'Hover, or walk with the arrow keys, to read a cell.'
          : reading(rollout, map, cell)}
      </p>
      <div className={styles.scroll}>
        <ol className={styles.tokens} aria-hidden="true">
          {tokens.map(({ index, text }) => (
            <li key={index} data-teacher={teacherMark(rollout.teachers[index])}>
              <span className={styles.letter}>
                {TEACHERS[teacherMark(rollout.teachers[index])].letter}
              </span>
              <VisibleText text={text} />
            </li>
          ))}
        </ol>
        <button
          type="button"
          className={styles.ground}
          style={{ maxWidth: map.steps.length * MOST_COLUMN }}
          aria-label={`Heat map of ${rollout.ids.length} tokens by ${map.steps.length} steps; arrow keys walk over it`}
          onKeyDown={onKeyDown}
          onPointerMove={onPointerMove}
          onFocus={() => setCell(current)}
        >
          <canvas ref={canvas} className={styles.canvas} />
          {cell !== null && <span className={styles.cursor} aria-hidden="true" />}
        </button>
      </div>
      <p className={styles.axis}>
        step {map.steps[0]} to {map.steps.at(-1)}, {map.steps.length} measurements
      </p>
    </div>
  );
}

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));

function reading({ texts, teachers }: FollowedRollout, map: HeatMap, { token, at }: Cell): string {
  const value = map.rows[token]?.[at] ?? null;
  const who = TEACHERS[teacherMark(teachers[token])].label;
  const what = value === null ? 'no teacher' : `${who}, ${formatNats(value)} nats`;
  return `Token ${token + 1} ${spokenToken(texts[token])}, step ${map.steps[at]}: ${what}`;
}

/** One pixel a cell; the style sheet stretches it without smoothing. */
function draw(
  canvas: HTMLCanvasElement,
  { teachers }: FollowedRollout,
  { rows, steps, top }: HeatMap,
  _theme: string,
): void {
  canvas.width = Math.max(1, steps.length);
  canvas.height = Math.max(1, rows.length);
  const context = canvas.getContext('2d');
  const parent = canvas.parentElement;
  if (context === null || parent === null) return;
  const ground = resolved(parent, '--well');
  for (const [token, row] of rows.entries()) {
    const mark = teachers[token];
    const color = mark === null ? ground : resolved(parent, `--${mark}-line`);
    for (const [at, value] of row.entries()) {
      context.globalAlpha = 1;
      context.fillStyle = ground;
      context.fillRect(at, token, 1, 1);
      if (value === null || top <= 0) continue;
      context.globalAlpha = Math.min(1, Math.max(0, value) / top);
      context.fillStyle = color;
      context.fillRect(at, token, 1, 1);
    }
  }
}
