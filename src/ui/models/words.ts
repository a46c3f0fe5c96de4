/** Words of the Models page. */

import type { WeightKind } from '../../contract/models/model-sources.ts';

/** Seconds as a person says them: "40 s", "3 min", "1 h 20 min". */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const KIND_NAMES: Readonly<Record<WeightKind, string>> = {
  fp32: 'fp32',
  fp16: 'fp16',
  q4: 'q4',
  q4f16: 'q4f16',
  bnb4: 'bnb4',
  quantized: 'quantized',
  int8: 'int8',
  uint8: 'uint8',
  safetensors: 'safetensors',
  'safetensors-q4': 'safetensors in 4 bits',
  onnx: 'ONNX graphs',
};

export const BACKENDS = { webgpu: 'WebGPU', wasm: 'WebAssembly' } as const;

/** "2.1 billion", "151.8 million". */
export function inWords(count: number): string {
  return count >= 1e9
    ? `${(count / 1e9).toFixed(1)} billion`
    : `${(count / 1e6).toFixed(1)} million`;
}
