/** The stages of the next run as one bar: borders are dragged, stages are chosen and dragged elsewhere, all by keys too. */

import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useTraining } from '../context.tsx';
import type { FormStage } from '../state/form.ts';
import { chosenStage, movedStage, withSteps } from '../state/stages.ts';
import styles from './Timeline.module.css';

/** Pixels; a shorter drag was meant as a click. */
const LEAST_DRAG = 6;

export function Timeline({ stages, chosen }: { stages: readonly FormStage[]; chosen: number }) {
  const root = useRef<HTMLFieldSetElement>(null);
  return (
    <fieldset ref={root} className={styles.track} aria-label="Stages, in their order">
      {stages.map((stage, index) => (
        <Piece
          key={stage.id}
          root={root}
          stages={stages}
          index={index}
          isChosen={index === chosen}
        />
      ))}
    </fieldset>
  );
}

interface PieceProps {
  root: { readonly current: HTMLElement | null };
  stages: readonly FormStage[];
  index: number;
  isChosen: boolean;
}

function Piece({ root, stages, index, isChosen }: PieceProps) {
  const session = useTraining();
  const grabbed = useRef<number | null>(null);
  const { label, settings, tokens } = stages[index];
  const most = tokens === undefined ? '' : 'at most ';
  const until = tokens === undefined ? '' : `, until ${tokens.toLocaleString('en')} tokens`;
  const total = stages.reduce((sum, own) => sum + own.settings.steps, 0);

  /** The stage past whose middle a point of the bar is, beyond this one; a stage that was passed is not passed back. */
  const passedAt = (x: number): number => {
    const pieces = [...(root.current?.querySelectorAll('button') ?? [])];
    const middles = pieces.map((piece) => {
      const { left, width } = piece.getBoundingClientRect();
      return left + width / 2;
    });
    const later = middles.findLastIndex((middle, i) => i > index && x > middle);
    if (later >= 0) return later;
    const earlier = middles.findIndex((middle, i) => i < index && x < middle);
    return earlier >= 0 ? earlier : index;
  };
  const onKey = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (by === 0 || !event.altKey) return;
    event.preventDefault();
    session.change((form) => movedStage(form, index, index + by));
  };
  const onDrag = ({ clientX }: PointerEvent) => {
    if (grabbed.current === null || Math.abs(clientX - grabbed.current) < LEAST_DRAG) return;
    const to = passedAt(clientX);
    if (to !== index) session.change((form) => movedStage(form, index, to));
  };
  return (
    <>
      <button
        type="button"
        className={styles.stage}
        aria-pressed={isChosen}
        aria-label={`${label}, ${most}${settings.steps} of ${total} steps${until}`}
        aria-description="Alt and an arrow moves it among the stages"
        title={`${label}: ${most}${settings.steps} steps${until}; drag it elsewhere, or Alt and an arrow key`}
        style={{ flexGrow: settings.steps }}
        onClick={() => session.change((form) => chosenStage(form, index))}
        onKeyDown={onKey}
        onPointerDown={(event) => {
          grabbed.current = event.clientX;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onDrag}
        onPointerUp={() => {
          grabbed.current = null;
        }}
      >
        <span className={styles.label}>{label}</span>
      </button>
      {index < stages.length - 1 && (
        <Border root={root} stages={stages} index={index} total={total} />
      )}
    </>
  );
}

/** What lies between two stages: moving it takes steps from one and gives them to the other. */
function Border({ root, stages, index, total }: Omit<PieceProps, 'isChosen'> & { total: number }) {
  const session = useTraining();
  const dragged = useRef<{ x: number; steps: number } | null>(null);
  const { label, settings } = stages[index];
  const both = settings.steps + stages[index + 1].settings.steps;
  const set = (steps: number) => session.change((form) => withSteps(form, index, steps, false));
  const onKey = (event: KeyboardEvent) => {
    const large = event.shiftKey ? 10 : 1;
    const to = {
      ArrowLeft: settings.steps - large,
      ArrowRight: settings.steps + large,
      Home: 1,
      End: both - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a border that is moved has a value, which no rule has
    <div
      className={styles.border}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`Steps of ${label} before ${stages[index + 1].label}`}
      aria-valuenow={settings.steps}
      aria-valuemin={1}
      aria-valuemax={both - 1}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        dragged.current = { x: event.clientX, steps: settings.steps };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const start = dragged.current;
        const width = root.current?.clientWidth ?? 0;
        if (start === null || width === 0) return;
        set(start.steps + ((event.clientX - start.x) / width) * total);
      }}
      onPointerUp={() => {
        dragged.current = null;
      }}
    />
  );
}
