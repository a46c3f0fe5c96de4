/**
 * Reads what readers predict of completions, in rounds that hold no more logits than fit, and lets them go: the one
 * way of teacher forcing for whatever is then made of the logits.
 */

import type { EncodedPrompt } from '../model/processor/processor.ts';
import type { ImageFeatures } from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import type { Logits } from '../model/runtime/tensors.ts';
import { type ForcedContext, ForcedPieces, forceContexts } from './force.ts';
import type { LogitsRow } from './logit-ops.ts';
import { rowsWithin } from './logits-budget.ts';
import type { KeptStretch, LogitsStore } from './logits-store.ts';
import { type Part, planRounds, type Round, type Stretch } from './rounds.ts';
import { SharedPrefix, sharedPrefix } from './shared-prefix.ts';

/** The student or a teacher: a network and what it sees. */
export interface Reader {
  readonly network: Pick<ModelNetwork, 'decode' | 'copyCache' | 'config' | 'device'>;
  readonly prompt: EncodedPrompt;
  /** Visual tokens as this reader sees them. */
  features(): Promise<ImageFeatures | null>;
  /** Completion tokens before this one are not shown to it. */
  readonly offset: number;
  /** Equal for readers that see the same picture, '' without one: what their prompts share is then read once. */
  readonly picture?: string;
  /** What the store knows its logits by; without one they are not kept. */
  readonly key?: string;
}

/** A completion's tokens `[from, to)` that a reader has to predict. */
export interface Wanted<Name extends string> extends Stretch {
  readonly name: Name;
  readonly reader: Reader;
}

/** Logits of tokens from `from` on, the first in `firstRow`. */
export interface Held {
  readonly logits: Logits;
  readonly firstRow: number;
  readonly from: number;
}

export interface ReadCompletion<Name extends string> {
  readonly ids: readonly number[];
  /** At most one stretch a name. */
  readonly wanted: readonly Wanted<Name>[];
  /** Logits that are there already and are not released here. */
  readonly given?: ReadonlyMap<Name, Held>;
}

export interface ReadOptions {
  readonly padId: number;
  /** Most bytes of logits that are held at a time, beside given and stored ones; see {@link rowsWithin}. */
  readonly logitsBytes?: number;
  /** Logits of earlier calls; takes over those of this call that are read whole, unless `keep` is false. */
  readonly store?: LogitsStore;
  readonly keep?: boolean;
  /** Called before each run; throws to stop. */
  readonly pause?: () => Promise<void>;
  /** Stretches read so far, of all. */
  readonly onRead?: (done: number, total: number) => void;
}

/** Where a reader predicts a token; only for tokens of the round. */
export type HeldRow<Name extends string> = (
  completion: number,
  name: Name,
  token: number,
) => LogitsRow;

/** Tokens of completions whose readers are all held. */
export type Covered = Round<Stretch>['covers'];

export interface WasRead<Name extends string> {
  /** Readers whose logits were there from an earlier call. */
  readonly reused: readonly Name[];
  readonly ms: { readonly vision: number; readonly score: number };
}

/**
 * Calls `onRound` for each round while its logits are held; every token of every completion is covered once.
 * Throws what the networks and the hooks throw; no logits are then held but those in the store.
 */
export function readInRounds<Name extends string>(
  completions: readonly ReadCompletion<Name>[],
  options: ReadOptions,
  onRound: (covers: Covered, rowOf: HeldRow<Name>) => Promise<void>,
): Promise<WasRead<Name>> {
  return new RoundReading(completions, options).run(onRound);
}

interface Numbered<Name extends string> extends Wanted<Name> {
  readonly completion: number;
}

class RoundReading<Name extends string> {
  readonly #completions: readonly ReadCompletion<Name>[];
  readonly #options: ReadOptions;
  /** By completion: what is held in this round, or was there before it. */
  readonly #held: Map<Name, Held>[];
  readonly #pieces = new Map<Numbered<Name>, ForcedPieces>();
  readonly #prefixes = new Map<Reader, SharedPrefix>();
  readonly #ms = { vision: 0, score: 0 };
  #toRelease: Logits[] = [];
  #done = 0;

  constructor(completions: readonly ReadCompletion<Name>[], options: ReadOptions) {
    this.#completions = completions;
    this.#options = options;
    this.#held = completions.map(({ given }) => new Map(given));
  }

  async run(
    onRound: (covers: Covered, rowOf: HeldRow<Name>) => Promise<void>,
  ): Promise<WasRead<Name>> {
    const wanted = this.#completions.map(({ wanted }, completion) =>
      wanted.map((want) => ({ ...want, completion })),
    );
    const missing = wanted.map((list) => list.filter((want) => !this.#find(want)));
    const total = wanted.flat().length;
    const reused = wanted.flat().filter((want) => !missing[want.completion].includes(want));
    this.#done = reused.length;
    this.#options.onRead?.(this.#done, total);
    this.#share(missing.flat());
    try {
      for (const round of this.#rounds(missing)) {
        for (const run of round.runs) {
          await this.#options.pause?.();
          if (round.whole) await this.#readWhole(run.map(({ of }) => of));
          else await this.#readPiece(run[0]);
          this.#options.onRead?.(this.#done, total);
        }
        await this.#options.pause?.();
        await onRound(round.covers, (completion, name, token) =>
          this.#rowOf(completion, name, token),
        );
        this.#release();
      }
    } finally {
      this.#release();
      for (const pieces of this.#pieces.values()) pieces.release();
      for (const prefix of this.#prefixes.values()) prefix.release();
    }
    return { reused: reused.map(({ name }) => name), ms: this.#ms };
  }

  #find({ completion, name, reader, from, to }: Numbered<Name>): boolean {
    if (reader.key === undefined) return false;
    const found = this.#options.store?.find(reader.key, from, to);
    if (found !== undefined) this.#held[completion].set(name, found);
    return found !== undefined;
  }

  /** Readers of one network and one picture share what their prompts begin with. */
  #share(missing: readonly Numbered<Name>[]): void {
    const placed = missing.filter(({ reader }) => reader.picture !== undefined);
    const networks = [...new Set(placed.map(({ reader }) => reader.network))];
    for (const network of networks)
      for (const picture of new Set(placed.map(({ reader }) => reader.picture))) {
        const alike = placed.filter(
          ({ reader }) => reader.network === network && reader.picture === picture,
        );
        if (alike.length < 2) continue;
        const shared = sharedPrefix(alike.map(({ reader }) => reader.prompt));
        if (shared === null) continue;
        const prefix = new SharedPrefix(network, alike[0].reader.prompt, shared.length);
        for (const member of shared.members) this.#prefixes.set(alike[member].reader, prefix);
      }
  }

  /** The prefix of a reader, which has been read. */
  async #prefixOf(reader: Reader): Promise<SharedPrefix | null> {
    const prefix = this.#prefixes.get(reader) ?? null;
    if (prefix === null || prefix.isRead) return prefix;
    const features = await this.#timed('vision', () => reader.features());
    await this.#timed('score', () => prefix.read(features));
    return prefix;
  }

  /**
   * Runs hold one network's readers: those that go on from one prefix, and of the others, where there are several
   * completions, one teacher's, which are of about one length.
   */
  #rounds(missing: readonly Numbered<Name>[][]): Round<Numbered<Name>>[] {
    const networks = [...new Set(missing.flat().map(({ reader }) => reader.network))];
    const most = Math.min(
      ...networks.map((network) => rowsWithin(network, this.#options.logitsBytes)),
    );
    const several = missing.length > 1;
    const completions = missing.map((stretches, i) => {
      return { length: this.#completions[i].ids.length, stretches };
    });
    return planRounds(
      completions,
      most,
      ({ name, reader }) =>
        this.#prefixes.get(reader) ?? `${networks.indexOf(reader.network)} ${several ? name : ''}`,
    );
  }

  async #readWhole(run: readonly Numbered<Name>[]): Promise<void> {
    const prefix = await this.#prefixOf(run[0].reader);
    const atOnce = prefix?.atOnce ?? run.length;
    for (let at = 0; at < run.length; at += atOnce)
      await this.#readTogether(run.slice(at, at + atOnce), prefix);
  }

  async #readTogether(run: readonly Numbered<Name>[], prefix: SharedPrefix | null): Promise<void> {
    const contexts: ForcedContext[] = [];
    for (const { completion, reader, from, to } of run) {
      const { prompt, offset } = reader;
      const seen = prefix?.seesPicture === true;
      const features = seen ? null : await this.#timed('vision', () => reader.features());
      const ids = this.#completions[completion].ids.slice(offset, to);
      contexts.push({ prompt, features, ids, from: from - offset });
    }
    const { padId, store, keep = true } = this.#options;
    const { network } = run[0].reader;
    const { logits, firstRows } = await this.#timed('score', () =>
      forceContexts(network, contexts, padId, prefix),
    );
    const kept = new Map<string, KeptStretch>();
    for (const [i, { completion, name, reader, from, to }] of run.entries()) {
      const held = { logits, firstRow: firstRows[i], from, to };
      this.#held[completion].set(name, held);
      if (reader.key !== undefined) kept.set(reader.key, held);
    }
    if (store !== undefined && keep && kept.size > 0) store.add(logits, kept);
    else this.#toRelease.push(logits);
    this.#done += run.length;
  }

  async #readPiece({ of, from, to }: Part<Numbered<Name>>): Promise<void> {
    const { completion, name, reader } = of;
    const { prompt, offset, network } = reader;
    let pieces = this.#pieces.get(of);
    const prefix = pieces === undefined ? await this.#prefixOf(reader) : null;
    const features =
      pieces === undefined && prefix?.seesPicture !== true
        ? await this.#timed('vision', () => reader.features())
        : null;
    if (pieces === undefined) {
      const ids = this.#completions[completion].ids.slice(offset, of.to);
      pieces = new ForcedPieces(network, prompt, ids, prefix);
      this.#pieces.set(of, pieces);
    }
    const piece = { from: from - offset, to: to - offset };
    const found = await this.#timed('score', () => pieces.next(piece, features));
    this.#held[completion].set(name, { ...found, from });
    this.#toRelease.push(found.logits);
    if (to === of.to) this.#done++;
  }

  #rowOf(completion: number, name: Name, token: number): LogitsRow {
    const held = this.#held[completion].get(name);
    if (held === undefined) throw new Error(`the logits of ${name} were planned but not read`);
    return { logits: held.logits, row: held.firstRow + token - held.from };
  }

  #release(): void {
    for (const logits of this.#toRelease) logits.release();
    this.#toRelease = [];
  }

  async #timed<T>(step: keyof WasRead<Name>['ms'], work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#ms[step] += performance.now() - start;
    }
  }
}
