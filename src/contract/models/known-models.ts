/** Published repositories of the families that open here, as they were in autumn 2026: a look at one asks its hub anew. */

import type { WeightKind } from './model-sources.ts';

export interface KnownModel {
  readonly repo: string;
  readonly family: string;
  /** Weights in billions, as its page says. */
  readonly billions: number;
  /** What can be opened, the smallest first, with its size in GB. */
  readonly kinds: readonly { readonly kind: WeightKind; readonly gigabytes: number }[];
  /** What is particular about it, a sentence; '' where nothing is. */
  readonly note: string;
}

export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    repo: 'onnx-community/Qwen3-VL-2B-Instruct-ONNX',
    family: 'Qwen3-VL',
    billions: 2.1,
    kinds: [
      { kind: 'q4f16', gigabytes: 1.37 },
      { kind: 'q4', gigabytes: 1.52 },
    ],
    note: 'Its graphs leave out DeepStack: with a picture they compute another function than the model.',
  },
  {
    repo: 'onnx-community/Qwen2.5-VL-3B-Instruct-ONNX',
    family: 'Qwen2.5-VL',
    billions: 3.8,
    kinds: [{ kind: 'q4f16', gigabytes: 2.55 }],
    note: '',
  },
  {
    repo: 'onnx-community/Qwen2-VL-2B-Instruct',
    family: 'Qwen2-VL',
    billions: 2.2,
    kinds: [{ kind: 'q4f16', gigabytes: 2.67 }],
    note: '',
  },
  {
    repo: 'onnx-community/Qwen3.5-0.8B-ONNX',
    family: 'Qwen3.5',
    billions: 0.8,
    kinds: [{ kind: 'q4f16', gigabytes: 0.65 }],
    note: 'Most of its layers are recurrent: nothing is built from its safetensors, and it is not trained.',
  },
  {
    repo: 'onnx-community/Qwen3.5-2B-ONNX',
    family: 'Qwen3.5',
    billions: 2,
    kinds: [{ kind: 'q4f16', gigabytes: 1.58 }],
    note: 'Most of its layers are recurrent: nothing is built from its safetensors, and it is not trained.',
  },
  {
    repo: 'Qwen/Qwen3-VL-2B-Instruct',
    family: 'Qwen3-VL',
    billions: 2.1,
    kinds: [{ kind: 'safetensors', gigabytes: 4.3 }],
    note: '',
  },
  {
    repo: 'Qwen/Qwen2-VL-2B-Instruct',
    family: 'Qwen2-VL',
    billions: 2.2,
    kinds: [{ kind: 'safetensors', gigabytes: 4.4 }],
    note: '',
  },
  {
    repo: 'Qwen/Qwen2.5-VL-3B-Instruct',
    family: 'Qwen2.5-VL',
    billions: 3.8,
    kinds: [{ kind: 'safetensors', gigabytes: 7.5 }],
    note: '',
  },
];
