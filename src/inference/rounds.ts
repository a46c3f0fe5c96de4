/**
 * Which logits are held at the same time. Stretches of completions are read in rounds that keep within a
 * number of rows: as many completions as fit together, and one that does not fit in pieces of its tokens,
 * all its readers side by side.
 */

/** Completion tokens `[from, to)` that one reader has to predict. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A part of a stretch; the whole of it unless its completion is read in pieces. */
export interface Part<S extends Stretch> extends Stretch {
  readonly of: S;
}

export interface Round<S extends Stretch> {
  /** Parts that are read in one run each; a run pads its parts to the widest. */
  readonly runs: readonly (readonly Part<S>[])[];
  /** Tokens that can be measured in this round, by completion. */
  readonly covers: readonly (Stretch & { readonly completion: number })[];
  /** Whether its parts are whole stretches. */
  readonly whole: boolean;
}

/** A completion's tokens and what has to be read of them. */
export interface CompletionStretches<S extends Stretch> {
  readonly length: number;
  readonly stretches: readonly S[];
}

/**
 * Rounds that hold at most `most` rows each, padding counted (a piece of one token is never cut further), in
 * the order of the completions and their tokens. `alike` tells which stretches may share a run.
 */
export function planRounds<S extends Stretch>(
  completions: readonly CompletionStretches<S>[],
  most: number,
  alike: (stretch: S) => unknown,
): Round<S>[] {
  const rounds: Round<S>[] = [];
  let gathered: number[] = [];
  const runsFor = (numbers: readonly number[]) =>
    runsOf(
      numbers.flatMap((i) => completions[i].stretches),
      alike,
    );
  const close = () => {
    if (gathered.length === 0) return;
    const covers = gathered.map((completion) => {
      return { completion, from: 0, to: completions[completion].length };
    });
    rounds.push({ runs: runsFor(gathered), covers, whole: true });
    gathered = [];
  };
  for (const [i, completion] of completions.entries()) {
    if (heldRows(runsFor([...gathered, i])) > most) close();
    if (heldRows(runsFor([i])) <= most) gathered.push(i);
    else rounds.push(...piecesOf(completion, i, most));
  }
  close();
  return rounds;
}

/** Rows of logits that the runs leave: each run keeps as many of every part as of its widest. */
export function heldRows(runs: readonly (readonly Stretch[])[]): number {
  return runs.reduce((sum, run) => sum + run.length * Math.max(...run.map(widthOf)), 0);
}

function runsOf<S extends Stretch>(stretches: readonly S[], alike: (s: S) => unknown): Part<S>[][] {
  const runs = new Map<unknown, Part<S>[]>();
  for (const of of stretches) {
    const key = alike(of);
    const part = { of, from: of.from, to: of.to };
    const run = runs.get(key);
    if (run === undefined) runs.set(key, [part]);
    else run.push(part);
  }
  return [...runs.values()];
}

function piecesOf<S extends Stretch>(
  { length, stretches }: CompletionStretches<S>,
  completion: number,
  most: number,
): Round<S>[] {
  const rounds: Round<S>[] = [];
  for (let from = 0; from < length; ) {
    let to = from + 1;
    while (to < length && heldRows(within(stretches, from, to + 1)) <= most) to++;
    const runs = within(stretches, from, to);
    rounds.push({ runs, covers: [{ completion, from, to }], whole: false });
    from = to;
  }
  return rounds;
}

/** What of the stretches lies in `[from, to)`, a run for each. */
function within<S extends Stretch>(stretches: readonly S[], from: number, to: number): Part<S>[][] {
  return stretches.flatMap((of) => {
    const part = { of, from: Math.max(from, of.from), to: Math.min(to, of.to) };
    return part.from < part.to ? [[part]] : [];
  });
}

const widthOf = ({ from, to }: Stretch) => to - from;
