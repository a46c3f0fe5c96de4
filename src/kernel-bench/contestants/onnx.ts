/** ONNX Runtime Web, WebGPU on the shared device or WebAssembly: the divergence as a graph of its operators. */

import * as ort from 'onnxruntime-web/webgpu';
import { OnnxGraph, type Value } from '../../model/onnx/graph.ts';
import { createSession, type Fetches, warmRuntime } from '../../model/runtime/sessions.ts';
import { floatTensor } from '../../model/runtime/tensors.ts';
import type { Contestant, Problem } from '../contestant.ts';
import type { Op } from '../contract.ts';

/** Bytes of a model that is worth threads to the runtime, whose number is fixed with its first session. */
const WORTH_THREADS = 2 ** 30;

export async function openOnnx(
  backend: 'webgpu' | 'wasm',
  { op, logits, gpu }: Problem,
): Promise<Contestant> {
  const { rows, cols } = logits.student;
  const shared = backend === 'webgpu' ? gpu() : null;
  await warmRuntime(WORTH_THREADS);
  const session = await createSession(
    { model: divergenceGraph(op, rows, cols, backend), externalData: [] },
    shared === null ? { backend: 'wasm' } : { backend: 'webgpu', device: shared.context.device },
    { name: op, keepOutputs: true, forbidFallback: true },
  );
  const feeds =
    shared === null
      ? {
          student: floatTensor(logits.student.data, [rows, cols]),
          teacher: floatTensor(logits.teacher.data, [rows, cols]),
        }
      : {
          student: gpuTensor(shared.student.buffer, rows, cols),
          teacher: gpuTensor(shared.teacher.buffer, rows, cols),
        };
  let last: Fetches = {};
  const free = () => {
    for (const tensor of Object.values(last)) tensor.dispose();
  };
  return {
    async run() {
      free();
      last = await session.run(feeds);
      const values = await last.values.getData();
      if (shared !== null) await shared.context.device.queue.onSubmittedWorkDone();
      return values as Float32Array;
    },
    gradient: async () =>
      last.gradient === undefined ? [] : ((await last.gradient.getData()) as Float32Array),
    async close() {
      free();
      await session.release();
    },
  };
}

function gpuTensor(buffer: GPUBuffer, rows: number, cols: number): ort.Tensor {
  return ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: [rows, cols] });
}

/** Inputs `student` and `teacher` `[rows, cols]`; outputs `values` `[rows]` and, if asked, `gradient`. */
function divergenceGraph(
  op: Op,
  rows: number,
  cols: number,
  backend: 'webgpu' | 'wasm',
): Uint8Array {
  const graph = new OnnxGraph(op);
  const student = graph.input('student', 'float32', [rows, cols]);
  const teacher = graph.input('teacher', 'float32', [rows, cols]);
  const logSoftmax = backend === 'wasm' ? fusedLogSoftmax : composedLogSoftmax;
  const logS = logSoftmax(graph, student);
  const logT = logSoftmax(graph, teacher);
  const pT = graph.op('Exp', [logT]);
  if (op === 'jsd') {
    const pS = graph.op('Exp', [logS]);
    const half = graph.floats(0.5);
    const logM = graph.op('Log', [graph.op('Mul', [graph.op('Add', [pS, pT]), half])]);
    const ofT = graph.op('Mul', [pT, graph.op('Sub', [logT, logM])]);
    const ofS = graph.op('Mul', [pS, graph.op('Sub', [logS, logM])]);
    graph.op('Mul', [sumRows(graph, graph.op('Add', [ofT, ofS])), half], {}, 'values');
  } else {
    const terms = graph.op('Mul', [pT, graph.op('Sub', [logT, logS])]);
    sumRows(graph, terms, 'values');
  }
  graph.output('values', 'float32', [rows]);
  if (op === 'lossAndGradient') {
    graph.op('Sub', [graph.op('Exp', [logS]), pT], {}, 'gradient');
    graph.output('gradient', 'float32', [rows, cols]);
  }
  return graph.toModel();
}

function sumRows(graph: OnnxGraph, value: Value, name?: string): Value {
  return graph.op('ReduceSum', [value, graph.ints([-1])], { keepdims: 0 }, name);
}

const fusedLogSoftmax = (graph: OnnxGraph, logits: Value) =>
  graph.op('LogSoftmax', [logits], { axis: -1 });

/** The WebGPU provider has no LogSoftmax, and its ReduceLogSumExp overflows. */
function composedLogSoftmax(graph: OnnxGraph, logits: Value): Value {
  const max = graph.op('ReduceMax', [logits], { axes: [-1], keepdims: 1 });
  const shifted = graph.op('Sub', [logits, max]);
  const sum = graph.op('ReduceSum', [graph.op('Exp', [shifted]), graph.ints([-1])], {
    keepdims: 1,
  });
  return graph.op('Sub', [shifted, graph.op('Log', [sum])]);
}
