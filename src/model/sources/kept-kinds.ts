/** Which of a model's weights are here whole. */

import { EXPORT_PRECISIONS } from '../../contract/models/model.ts';
import type { WeightKind } from '../../contract/models/model-sources.ts';
import { findOnnxExport } from '../formats/onnx-export.ts';
import { WEIGHTS_FILE, WEIGHTS_INDEX } from './model-files.ts';

/** Whether a file holds weights or a graph. */
export const isWeightFile = (path: string): boolean =>
  /\.(?:safetensors|onnx)$|\.onnx[._]data(?:_\d+)?$/.test(path);

/** Of a model with `files`, those kinds whose files are all among `done`. */
export function wholeKinds(files: readonly string[], done: readonly string[]): WeightKind[] {
  const here = new Set(done);
  if (files.includes(WEIGHTS_FILE) || files.includes(WEIGHTS_INDEX)) {
    const shards = files.filter((path) => /^[^/]+\.safetensors$/.test(path));
    const single = here.has(WEIGHTS_FILE);
    return single || (here.has(WEIGHTS_INDEX) && shards.every((path) => here.has(path)))
      ? ['safetensors']
      : [];
  }
  return EXPORT_PRECISIONS.filter((precision) => {
    try {
      const found = findOnnxExport(files, precision);
      return found?.files.every((path) => here.has(path)) === true;
    } catch {
      return false;
    }
  });
}
