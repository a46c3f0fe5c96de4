/** What every page knows about the one engine that they share, and the pure functions that change it. */

import type { ErrorRecord } from '../../base/errors.ts';
import type { BackendChoice, BackendStatus } from '../../contract/backend.ts';
import type { EngineEvent, ModelStatus } from '../../contract/engine.ts';
import { formatBytes } from '../shared/format.ts';
import { LOAD_STEPS } from './load-steps.ts';

export interface EngineState {
  phase: 'loading' | 'ready' | 'failed';
  /** 0..1 over everything that loading does; never goes back. */
  share: number;
  label: string;
  model: ModelStatus | null;
  backend: BackendStatus | null;
  /** Which backend is asked for. */
  choice: BackendChoice;
  /** The GPU went away and a new device is being made. */
  recovering: boolean;
  /** A run trains, which would end with its model. */
  training: boolean;
  /** Name of the model that was chosen: a folder of the person's own or another built-in one; null for the one that opens by itself. */
  ownModel: string | null;
  /** Name of the chosen model that is being opened. */
  opening: string | null;
  error: ErrorRecord | null;
}

export const initialEngine = (choice: BackendChoice = 'auto'): EngineState => ({
  phase: 'loading',
  share: 0,
  label: 'Starting the engine',
  model: null,
  backend: null,
  choice,
  recovering: false,
  training: false,
  ownModel: null,
  opening: null,
  error: null,
});

interface Starting {
  label?: string;
  opening?: string | null;
}

/** A load begins; what is known of the model before stands until there is another. */
export function withStart(state: EngineState, { label, opening = null }: Starting = {}) {
  const { model, backend, choice, ownModel, error } = state;
  const start = initialEngine(choice);
  return {
    ...start,
    label: label ?? start.label,
    opening,
    model,
    backend,
    ownModel,
    error,
  } satisfies EngineState;
}

export const withFailure = (state: EngineState, error: ErrorRecord): EngineState => ({
  ...state,
  phase: 'failed',
  training: false,
  error,
});

/** Of what comes over the line; nothing where nothing is known of it. A host that packs what it sends does not say how much. */
function bytesText(loaded: number, total: number): string {
  if (loaded === 0) return total === 0 ? '' : `: ${formatBytes(total)}`;
  return loaded < total
    ? `: ${formatBytes(loaded)} of ${formatBytes(total)}`
    : `: ${formatBytes(loaded)} so far`;
}

/** What the worker said, taken into the state. */
export function withEvent(state: EngineState, event: EngineEvent): EngineState {
  switch (event.type) {
    case 'model.progress': {
      // Events and answers take different ports, so progress may arrive after the failure it led to.
      if (state.phase !== 'loading') return state;
      const { from, to, label } = LOAD_STEPS[event.step];
      const { step, loaded, total } = event;
      const part = total > 0 ? Math.min(1, loaded / total) : 0;
      const counted = step === 'read' || step === 'runtime';
      const bytes = counted ? bytesText(loaded, total) : '';
      const share = Math.max(state.share, from + part * (to - from));
      return { ...state, share, label: `${label}${bytes}` };
    }
    case 'model.ready':
      return {
        ...initialEngine(state.choice),
        phase: 'ready',
        share: 1,
        label: 'Ready',
        model: event.model,
        backend: event.backend,
        ownModel: state.ownModel,
      };
    case 'train.state':
      return { ...state, training: event.state === 'running' };
    case 'backend.changed':
      return { ...state, backend: event.backend };
    case 'device.lost':
      return { ...state, recovering: true };
    case 'device.failed':
      return { ...state, recovering: false, error: event.error };
    case 'device.recovered':
      return { ...state, recovering: false, backend: event.backend, error: null };
    default:
      // Jobs are followed by those who asked for them, runs by their own page.
      return state;
  }
}
