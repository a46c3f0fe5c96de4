/** Hands kept runs and students out and takes them in. */

import { PlaygroundError } from '../../base/errors.ts';
import { part } from '../../base/part.ts';
import type {
  ExportedFile,
  Imported,
  RunExport,
  StudentChoice,
} from '../../contract/train/runs.ts';
import type { ModelIdentity } from '../../contract/train/train-records.ts';
import type { StudentSource } from '../../contract/train/training.ts';
import { type ModelAssets, requireStateDict } from '../../model/assets.ts';
import { modelFingerprint } from '../../training/fingerprint.ts';
import { requireModel } from '../../training/runs/checkpoint-file.ts';
import type { RunContent } from '../../training/runs/run-store.ts';
import type { RunKeeper } from './keeper.ts';
import { OutsideRuns } from './outside.ts';

export interface DeskHost {
  readonly keeper: RunKeeper;
  /** Throws `model.not-loaded`. */
  assets(): ModelAssets;
  /** Whether a run's weights after a step are in this worker. */
  holds(runId: string, step: number): boolean;
}

export class RunDesk {
  readonly outside = new OutsideRuns();
  readonly #host: DeskHost;

  constructor(host: DeskHost) {
    this.#host = host;
  }

  /** Fetches what hands out runs while the host still has it: a release must not come between a run and its files. */
  async prepare(): Promise<void> {
    await files().catch(() => undefined);
  }

  async exported(runId: string, as: RunExport): Promise<ExportedFile> {
    const { exportedRun } = await files();
    const content = await this.#host.keeper.content(runId);
    return exportedRun(content, as, this.#host.assets());
  }

  async imported(file: Blob): Promise<Imported> {
    const outside = await this.outside.take(file);
    if (outside !== null) return { kind: 'outside', runs: outside };
    const { readImport } = await files();
    const { keeper } = this.#host;
    const found = await readImport(file, this.#host.assets());
    if (found.kind === 'run') {
      const added = await (await keeper.store()).add(found.content);
      await added.close();
      return { kind: 'run', run: await keeper.summary(added.id) };
    }
    return { kind: 'adapter', label: found.student.label };
  }

  /**
   * What a choice stands for. Throws `run.missing`, `run.no-checkpoint`, `run.step-gone`, `run.other-model` and what
   * reading a checkpoint or an adapter throws.
   */
  async student(choice: StudentChoice): Promise<StudentSource> {
    switch (choice.kind) {
      case 'tensors':
        return choice;
      case 'run':
        return this.#step(choice);
      case 'kept':
        return this.#kept(choice);
      case 'adapter':
        return this.#file(choice.file);
      case 'outside':
        return this.#file(await (await this.outside.store()).adapter(choice.runId));
    }
  }

  async #file(file: Blob): Promise<StudentSource> {
    const { readImport } = await files();
    const found = await readImport(file, this.#host.assets());
    return found.kind === 'adapter' ? found.student : this.#stored(found.content);
  }

  /** A step whose weights left with the worker that made them may still have its checkpoint. */
  async #step(choice: Extract<StudentSource, { kind: 'run' }>): Promise<StudentSource> {
    const { runId, step } = choice;
    if (this.#host.holds(runId, step)) return choice;
    const content = await (await this.#host.keeper.storeOf(runId)).readAt(runId, step);
    // Without one the engine says that the step is gone.
    return content === null ? choice : this.#stored(content);
  }

  async #kept({ runId, step }: Extract<StudentChoice, { kind: 'kept' }>): Promise<StudentSource> {
    const store = await this.#host.keeper.storeOf(runId);
    if (step === undefined) return this.#stored(await store.read(runId));
    if (this.#host.holds(runId, step)) return { kind: 'run', runId, step };
    const content = await store.readAt(runId, step);
    if (content !== null) return this.#stored(content);
    const { record } = await store.read(runId);
    throw new PlaygroundError({
      code: 'run.step-gone',
      message: `“${record.name}” keeps no weights of step ${step} any more.`,
      fix: 'Ask it as it is kept now, from the list of runs on the Train page.',
      where: runId,
      detail: { step },
    });
  }

  async #stored(content: RunContent): Promise<StudentSource> {
    const { studentOf } = await files();
    if (content.checkpoint !== null)
      requireModel(content.checkpoint.model, await identityOf(this.#host.assets()));
    return studentOf(content);
  }
}

const files = () => part('What reads and writes files', () => import('./files.ts'));

/** Who a model is to runs and checkpoints. Throws `model.no-weights` for one that came as graphs. */
export async function identityOf(assets: ModelAssets): Promise<ModelIdentity> {
  const { name, stateDict } = requireStateDict(assets);
  return { name, fingerprint: await modelFingerprint(stateDict) };
}
