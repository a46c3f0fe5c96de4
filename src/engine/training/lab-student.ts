/** The trained student that the Lab looks at: its tensors in plain memory, its network on the present backend. */

import type { TensorMap } from '../../contract/train/train-records.ts';
import { learnsToSee, type Trainable } from '../../contract/train/train-settings.ts';
import type { StudentStatus } from '../../contract/train/training.ts';
import type { ModelInUse, StudentInUse } from '../../inference/model-in-use.ts';
import { requireStateDict } from '../../model/assets.ts';
import type { ModelNetwork } from '../../model/runtime/network.ts';
import { partsOf } from '../../training/trainable.ts';

export interface LabStudentSource {
  readonly status: StudentStatus;
  readonly trainable: Trainable;
  readonly tensors: TensorMap;
}

let made = 0;

export class LabStudent {
  readonly status: StudentStatus;
  readonly #source: LabStudentSource;
  readonly #key = `student ${++made}`;
  #open: { readonly base: ModelNetwork; readonly network: ModelNetwork } | null = null;

  constructor(source: LabStudentSource) {
    this.status = source.status;
    this.#source = source;
  }

  /** The model in use with this student on it; its network is built when the backend is new. */
  async on(inUse: ModelInUse): Promise<ModelInUse & { readonly student: StudentInUse }> {
    const { trainable, tensors } = this.#source;
    if (this.#open?.base !== inUse.network) {
      await this.release().catch(() => undefined);
      const { stateDict } = requireStateDict(inUse.assets);
      const network = await inUse.network.student(stateDict, partsOf(trainable));
      network.setWeights(tensors);
      this.#open = { base: inUse.network, network };
    }
    const { network } = this.#open;
    return { ...inUse, student: { network, key: this.#key, vision: learnsToSee(trainable) } };
  }

  /** Frees its network; the next use builds it again. */
  async release(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.network.release();
  }
}
