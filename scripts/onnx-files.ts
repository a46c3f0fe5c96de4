/** Writes graphs to a folder, each with its weights in one file beside it where it has them outside. */

import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { ByteStore } from '../src/base/byte-store.ts';
import { inOneFile } from '../src/model/onnx/one-file.ts';
import type { BuiltGraph } from '../src/model/onnx/options.ts';

/** Writes `onnx/NAME.onnx`, and `onnx/NAME.onnx_data` a weight at a time; says what on standard output. */
export function writeGraph(folder: string, name: string, graph: BuiltGraph): void {
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  const file = path.join(folder, 'onnx', `${name}.onnx`);
  const { model, weights } = inOneFile(graph, `${name}.onnx_data`);
  writeFileSync(file, model);
  let bytes = 0;
  if (weights.length > 0) {
    const data = openSync(`${file}_data`, 'w');
    for (const { offset, data: weight } of weights) {
      writeSync(data, weight.read(0, weight.size), 0, weight.size, offset);
      bytes = offset + weight.size;
    }
    closeSync(data);
  }
  const beside = bytes === 0 ? '' : `, ${bytes} bytes of weights beside it`;
  process.stdout.write(
    `${file}: ${model.length} bytes${beside}, ${graph.nodeCount} nodes, ${graph.weightInputs.length} weight inputs\n`,
  );
}

/** A file of the disk, of which no more is read than is asked for. */
export function storeOf(file: string): ByteStore {
  const descriptor = openSync(file, 'r');
  return {
    size: statSync(file).size,
    read: (begin, end) => {
      const bytes = new Uint8Array(end - begin);
      readSync(descriptor, bytes, 0, bytes.length, begin);
      return bytes;
    },
  };
}
