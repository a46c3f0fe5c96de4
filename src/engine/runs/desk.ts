/** Hands kept runs and students out and takes them in. */

import { modelFingerprint } from '../../training/fingerprint.ts';
import { requireModel } from '../../training/runs/checkpointFile.ts';
import type { ModelIdentity } from '../../training/types.ts';
import type { ModelAssets } from '../assets.ts';
import type { ExportedFile, Imported, RunExport, StudentChoice } from '../runsContract.ts';
import type { StudentSource } from '../trainContract.ts';
import type { TensorStudent } from './files.ts';
import type { RunKeeper } from './keeper.ts';

export interface DeskHost {
  readonly keeper: RunKeeper;
  /** Throws `model.not-loaded`. */
  assets(): ModelAssets;
}

export class RunDesk {
  readonly #host: DeskHost;
  /** Imported adapters by id; they last as long as the worker. */
  readonly #imported = new Map<string, TensorStudent>();

  constructor(host: DeskHost) {
    this.#host = host;
  }

  async exported(runId: string, as: RunExport): Promise<ExportedFile> {
    const { exportedRun } = await import('./files.ts');
    const content = await (await this.#host.keeper.store()).read(runId);
    return exportedRun(content, as, this.#host.assets());
  }

  async imported(file: Blob): Promise<Imported> {
    const { readImport } = await import('./files.ts');
    const { keeper } = this.#host;
    const found = await readImport(file, this.#host.assets());
    if (found.kind === 'run') {
      const added = await (await keeper.store()).add(found.content);
      await added.close();
      return { kind: 'run', run: await keeper.summary(added.id) };
    }
    const id = crypto.randomUUID();
    this.#imported.set(id, found.student);
    return { kind: 'adapter', student: { id, label: found.student.label } };
  }

  /** What a choice stands for. Throws `run.missing`, `run.no-checkpoint`, `run.other-model` and what reading a checkpoint throws. */
  async student(choice: StudentChoice): Promise<StudentSource> {
    if (choice.kind !== 'kept') return choice;
    const imported = this.#imported.get(choice.id);
    if (imported !== undefined) return imported;
    const { studentOf } = await import('./files.ts');
    const content = await (await this.#host.keeper.store()).read(choice.id);
    if (content.checkpoint !== null)
      requireModel(content.checkpoint.model, await identityOf(this.#host.assets()));
    return studentOf(content);
  }
}

/** Who a model is to runs and checkpoints. */
export async function identityOf({ name, checkpoint }: ModelAssets): Promise<ModelIdentity> {
  return { name, fingerprint: await modelFingerprint(checkpoint) };
}
