/** One fixed rollout over the run, token by step; hovering or the arrow keys read a cell. */

import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { FollowedRollout } from '../../../contract/train/training.ts';
import type { TeacherName } from '../../../method/types.ts';
import type { Background } from '../../charts/drawing-colors.ts';
import { ExportButtons } from '../../charts/ExportButtons.tsx';
import { resolved } from '../../charts/looks.ts';
import { SavePopover } from '../../charts/SavePopover.tsx';
import { useTheme } from '../../charts/use-theme.ts';
import { Select } from '../../fields/Select.tsx';
import { HeatKey } from '../../rollout/HeatKey.tsx';
import { type HeatScale, heatScale, SCALES, type ScaleName } from '../../rollout/heat-scale.ts';
import { rolloutColors } from '../../rollout/rollout-colors.ts';
import { PLAYGROUND } from '../../shared/citations.ts';
import { formatNats } from '../../shared/format.ts';
import { PagedTable } from '../../shared/PagedTable.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { pngText } from '../../shared/png.ts';
import { TEACHERS, teacherMark } from '../../shared/teachers.ts';
import { VisibleText } from '../../shared/VisibleText.tsx';
import { spokenToken, visibleText } from '../../shared/visible-text.ts';
import { useTrain } from '../context.tsx';
import type { RunView } from '../state/run.ts';
import { isWithin } from '../state/state.ts';
import styles from './FollowedPanel.module.css';
import { type HeatMap, heatMapOf, moved } from './heat-map.ts';
import { mapDrawing, mapPixels } from './map-drawing.ts';

/** Pixels of a drawing that is saved. */
const EXPORT_WIDTH = 900;

/** Widest column, in units of the page's text. */
const MOST_COLUMN = 2.5;

interface Cell {
  readonly token: number;
  readonly at: number;
}

export function FollowedPanel() {
  const followed = useTrain((s) => s.run?.followed ?? null);
  const lacking = useTrain((s) => (s.run === null ? null : whyNothing(s.run)));
  const clip = useTrain((s) => clipOf(s.run?.settings.method ?? null));
  const [asTable, setAsTable] = useState(false);
  const [page, setPage] = useState(0);
  const range = useTrain((s) => (s.axis === 'steps' ? s.shownSteps : null));
  const map = useMemo(() => {
    if (followed === null) return null;
    const steps = followed.steps.filter((measured) => isWithin(range, measured));
    return heatMapOf(followed.rollout, steps.length > 0 ? steps : followed.steps);
  }, [followed, range]);
  if (followed === null || map === null)
    return (
      lacking !== null && (
        <Panel
          heading="One rollout over the run"
          headingId="followed-heading"
          note={lacking}
          long
        />
      )
    );
  const { rollout } = followed;
  return (
    <Panel
      heading="One rollout over the run"
      headingId="followed-heading"
      long
      note={
        <>
          “{rollout.question}” The rollout was sampled before training and stays as it is; each
          column measures it again: the divergence between student and teacher at each token.
        </>
      }
      action={
        <button
          type="button"
          className="button"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          Table
        </button>
      }
    >
      {asTable ? (
        <PagedTable
          caption="Divergence of each token by step, nats"
          rowHead={{ label: 'Step', cell: (row) => String(map.steps[map.steps.length - 1 - row]) }}
          columns={rollout.texts.map((text, token) => ({
            id: String(token),
            label: `${visibleText(text)} ${TEACHERS[teacherMark(rollout.teachers[token])].letter}`,
            cell: (row: number) => {
              const value = map.rows[token][map.steps.length - 1 - row];
              return value === null ? '–' : formatNats(value);
            },
          }))}
          rows={map.steps.length}
          page={page}
          onPage={setPage}
        />
      ) : (
        <HeatMapView rollout={rollout} map={map} clip={clip} />
      )}
    </Panel>
  );
}

interface HeatMapViewProps {
  rollout: FollowedRollout;
  map: HeatMap;
  /** The clip of whole tokens, nats, or null. */
  clip: number | null;
}

function HeatMapView({ rollout, map, clip }: HeatMapViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setCell] = useState<Cell | null>(null);
  const theme = useTheme();
  const [name, setScale] = useState<ScaleName>('log');
  const scale = useMemo(() => heatScale(name, map.rows.flat()), [name, map]);
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, rollout, map, scale, theme);
  }, [rollout, map, scale, theme]);
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
    <div className={styles.map} style={edge}>
      <Legend rollout={rollout} scale={scale} clip={clip} onScale={setScale}>
        <SaveMap rollout={rollout} map={map} scale={scale} clip={clip} />
      </Legend>
      <p className={styles.reading} role="status">
        {cell === null
          ? 'Hover, or move with the arrow keys, to read a cell.'
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
          style={{ maxWidth: `${map.steps.length * MOST_COLUMN}rem` }}
          aria-label={`Heat map of ${rollout.ids.length} tokens by ${map.steps.length} steps; arrow keys move over it`}
          onKeyDown={onKeyDown}
          onPointerMove={onPointerMove}
          onFocus={() => setCell(current)}
        >
          <canvas ref={canvas} className={styles.canvas} />
          {cell !== null && <span className={styles.cursor} aria-hidden="true" />}
        </button>
      </div>
      <p className={styles.axis} style={{ maxWidth: `${map.steps.length * MOST_COLUMN}rem` }}>
        <span>step {map.steps[0]}</span>
        <span>
          {map.steps.length} {map.steps.length === 1 ? 'measurement' : 'measurements'}
        </span>
        <span>step {map.steps.at(-1)}</span>
      </p>
    </div>
  );
}

function SaveMap({ rollout, map, scale, clip }: HeatMapViewProps & { scale: HeatScale }) {
  const run = useTrain((s) => s.run?.name ?? null);
  const save = async (element: HTMLElement, background: Background) => {
    const colors = rolloutColors(element, background);
    const cells = await pngText(mapPixels(rollout.teachers, map, scale, colors.bar));
    const about = {
      question: rollout.question,
      shows: `Divergence of student and teacher at each token of one rollout, a row each, over ${map.steps.length} measurements of the run, nats; scale: ${scale.name === 'log' ? 'logarithmic' : scale.name}.`,
      picture: null,
      source: [...(run === null ? [] : [`Run ${run}.`]), PLAYGROUND.line],
    };
    return mapDrawing({ about, rollout, map, scale, clip, cells }, EXPORT_WIDTH, colors);
  };
  return (
    <SavePopover title="One rollout over the run" className="button">
      <ExportButtons file="vigos-followed" draw={save} />
    </SavePopover>
  );
}

/** What the colours say: the hue is the teacher, its strength the divergence. */
interface LegendProps {
  rollout: FollowedRollout;
  scale: HeatScale;
  clip: number | null;
  onScale: (name: ScaleName) => void;
  children: ReactNode;
}

function Legend({ rollout, scale, clip, onScale, children }: LegendProps) {
  const present = [...new Set(rollout.teachers.map(teacherMark))];
  return (
    <ul className={styles.legend} aria-label="What the colours say">
      {present.map((mark) => (
        <li key={mark} data-teacher={mark}>
          <span className={styles.letter}>{TEACHERS[mark].letter}</span>
          {TEACHERS[mark].label}
          {mark !== 'nobody' && <span className={styles.ramp} aria-hidden="true" />}
        </li>
      ))}
      <li>
        <Select
          look="line"
          label="Scale of the map"
          value={scale.name}
          options={SCALES}
          onChange={onScale}
        />
        <HeatKey scale={scale} clip={clip} />
      </li>
      <li>{children}</li>
    </ul>
  );
}

/** The clip of whole tokens, nats; null without one. */
const clipOf = (method: RunView['settings']['method']): number | null =>
  method?.clip.kind === 'token' ? method.clip.value : null;

/** Why there is no map of a run, in words. */
function whyNothing({ settings, step }: RunView): string {
  if (settings.method === null) return 'Without teachers there is no divergence to follow.';
  if (settings.followed.every === 0) return 'This run follows none: “Follow every” is 0.';
  return step === 0 ? 'It is measured before the first step.' : 'Nothing was measured.';
}

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));

function reading({ texts, teachers }: FollowedRollout, map: HeatMap, { token, at }: Cell): string {
  const value = map.rows[token]?.[at] ?? null;
  const who = TEACHERS[teacherMark(teachers[token])].label;
  const what = value === null ? 'no teacher' : `${who}, ${formatNats(value)} nats`;
  return `Token ${token + 1} ${spokenToken(texts[token])}, step ${map.steps[at]}: ${what}`;
}

/** The style sheet stretches it without smoothing, and its ground shines through small values. */
function draw(
  canvas: HTMLCanvasElement,
  { teachers }: FollowedRollout,
  map: HeatMap,
  scale: HeatScale,
  _theme: string,
): void {
  const context = canvas.getContext('2d');
  const parent = canvas.parentElement;
  if (context === null || parent === null) return;
  const colorOf = (teacher: TeacherName) => resolved(parent, `var(--${teacher}-line)`);
  const { width, height, data } = mapPixels(teachers, map, scale, colorOf);
  canvas.width = width;
  canvas.height = height;
  context.putImageData(new ImageData(data, width, height), 0, 0);
}
