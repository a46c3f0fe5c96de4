/** Runs of trainers elsewhere, as the page and the engine share them: curves out of a log, and the adapter beside it. */

/** A figure of a log under its own name, at the steps that have one. */
export interface OutsideSeries {
  readonly key: string;
  /** In order, each once. */
  readonly steps: readonly number[];
  /** As many, in the log's own unit. */
  readonly values: readonly number[];
}

/** What is kept of a run that was made elsewhere. Nothing here can go on with it. */
export interface OutsideRun {
  readonly runId: string;
  readonly name: string;
  /** Completes “It is …”: “a log of transformers’ Trainer (trainer_state.json)”. */
  readonly what: string;
  /** The key that counts its steps. */
  readonly axis: string;
  /** The last step that a figure was logged at. */
  readonly step: number;
  /** Figures in the log. */
  readonly keys: readonly string[];
  /** Lines that had no step, or no figure. */
  readonly skipped: number;
  /** The adapter that lay beside the log, by its folder; null without one. */
  readonly adapter: { readonly path: string; readonly base: string | null } | null;
  /** ms since 1970. */
  readonly importedAt: number;
  readonly bytes: number;
  /** False where it is gone with the tab. */
  readonly lasting: boolean;
}

export interface OutsideCurves {
  readonly runId: string;
  readonly name: string;
  readonly series: readonly OutsideSeries[];
}
