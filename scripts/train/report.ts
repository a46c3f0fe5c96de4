/** What `npm run train` says: lines for a person, and metrics for a program. */
import type { EngineEvent } from '../../src/contract/engine.ts';
import { rewardNote } from '../../src/contract/figures/grpo-figures.ts';
import { RECIPE_KINDS } from '../../src/contract/train/recipes.ts';
import { stageOf } from '../../src/contract/train/stages.ts';
import type { TrainSettings } from '../../src/contract/train/train-settings.ts';
import { HELD_OUT_MEASURE } from '../../src/method/evaluation.ts';
import { engineLine } from '../headless/engine-line.ts';

const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

/** Figures of a step that are shares; each is a chart of its own. */
const SHARES = new Map(
  RECIPE_KINDS.flatMap(({ charts }) => charts)
    .filter(({ scale, lines }) => scale === 'share' && lines.length === 1)
    .map(({ title, lines: [{ id }] }) => [id, title]),
);

/** A line for standard error, or null where there is nothing to say. */
export function progressLine(event: EngineEvent, settings: TrainSettings): string | null {
  switch (event.type) {
    case 'train.compiling':
      return event.ms === null
        ? `compiling the ${event.what}`
        : `compiled in ${event.ms.toFixed(0)} ms`;
    case 'train.step': {
      const { step, loss, figures, gradNorm, ms } = event.metrics;
      const shares = [...SHARES]
        .filter(([id]) => figures[id] !== undefined)
        .map(([id, title]) => `${title.toLowerCase()} ${percent(figures[id])}`);
      const parts = Object.entries(ms).map(([name, time]) => `${name} ${time.toFixed(0)}`);
      const note = rewardNote(figures);
      const said = note === null ? '' : `\n${note.message} ${note.fix}`;
      const { label, from, to, open } = stageOf(settings, step);
      const most = open ? 'at most ' : '';
      const stage = settings.schedule && `, ${label} (${step - from} of ${most}${to - from})`;
      return `step ${step}${stage ?? ''}: ${[`loss ${loss.toFixed(4)}`, ...shares, `norm ${gradNorm.toFixed(3)}`].join(', ')} (ms: ${parts.join(', ')})${said}`;
    }
    case 'train.evaluated': {
      const { step, accuracy, prior, score, valid, ms } = event.evaluation;
      return `after step ${step}: accuracy ${percent(accuracy)}, Prior ${percent(prior)}, Score ${percent(score)}, valid ${percent(valid)}; ${HELD_OUT_MEASURE} (${(ms / 1000).toFixed(1)} s)`;
    }
    case 'train.state':
      return `${event.state} at step ${event.step}`;
    default:
      return engineLine(event);
  }
}

/** One JSON object for `metrics.jsonl`, or null for events that are not kept. */
export function metricsLine(event: EngineEvent, settings: TrainSettings): string | null {
  switch (event.type) {
    case 'train.step': {
      const { label: stage } = stageOf(settings, event.metrics.step);
      return JSON.stringify({
        type: 'step',
        ...(settings.schedule === undefined ? {} : { stage }),
        ...event.metrics,
      });
    }
    case 'train.evaluated':
      return JSON.stringify({
        type: event.split === 'validation' ? 'evaluation' : 'final',
        measure: HELD_OUT_MEASURE,
        ...event.evaluation,
      });
    case 'train.followed':
      return JSON.stringify({ type: 'followed-step', ...event.measured });
    case 'train.compiling':
      return event.ms === null
        ? null
        : JSON.stringify({ type: 'compiled', what: event.what, ms: event.ms });
    default:
      return null;
  }
}
