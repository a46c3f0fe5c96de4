/** Runs in the browser: every contender on the same logits, which are on the device already. */

import { measureOnGpu, prepareDivergence } from '../../src/kernels/divergence.ts';
import { measureOnCpu } from '../../src/kernels/divergence-cpu.ts';
import { type UploadedMatrix, uploadMatrix } from '../../src/kernels/fixtures/device.ts';
import { makeLogits } from '../../src/kernels/fixtures/logits.ts';
import type { CpuMatrix, DivergenceRequest, DivergenceRow } from '../../src/kernels/types.ts';
import { measureByLoop } from './loop.ts';
import type { BenchReport, BenchRequest, BenchResult, Contender, Op } from './report.ts';

interface Side {
  readonly host: CpuMatrix;
  readonly device: UploadedMatrix;
}

/** @throws Error where the browser has no WebGPU. */
export async function runBench(request: BenchRequest): Promise<BenchReport> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error('This browser has no WebGPU; see CHROMIUM_WEBGPU in the README.');
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  await prepareDivergence(device);
  const results: BenchResult[] = [];
  let copyGBps = 0;
  let largest = 0;
  for (const [tokens, vocab] of request.shapes) {
    const logits = makeLogits('random', tokens, vocab, 1);
    const student = { host: logits.student, device: uploadMatrix(device, logits.student) };
    const teacher = { host: logits.teacher, device: uploadMatrix(device, logits.teacher) };
    const empty = { data: new Float32Array(tokens * vocab), rows: tokens, cols: vocab };
    const gradient = { host: empty, device: uploadMatrix(device, empty) };
    if (tokens * vocab > largest) {
      largest = tokens * vocab;
      const copy = () => copyOnDevice(device, student.device, gradient.device);
      copyGBps = (8 * largest) / (await medianMs(copy, request.repeats)) / 1e6;
    }
    for (const op of request.ops) {
      for (const contender of request.contenders) {
        const run = () => measure(device, contender, op, student, teacher, gradient);
        clear(device, gradient);
        let values: number[] = [];
        const ms = await medianMs(async () => {
          values = await run();
        }, request.repeats);
        const written = contender === 'ours-cpu' ? empty.data : await gradient.device.read();
        const maxError = errorOf(contender, op, student.host, teacher.host, values, written);
        results.push({ op, tokens, vocab, contender, ms, maxError });
      }
    }
    for (const side of [student, teacher, gradient]) side.device.buffer.destroy();
  }
  const { vendor, architecture, description } = adapter.info;
  device.destroy();
  return { device: [vendor, architecture, description].join(' ').trim(), copyGBps, results };
}

/** One run, to the end of its work on the device; the values of the rows, nats. */
async function measure(
  device: GPUDevice,
  contender: Contender,
  op: Op,
  student: Side,
  teacher: Side,
  gradient: Side,
): Promise<number[]> {
  const wanted = op === 'lossAndGradient';
  const request = requestFor(op, student.host);
  if (contender === 'ours') {
    const rows = await measureOnGpu(
      device,
      student.device,
      teacher.device,
      request,
      wanted ? gradient.device : undefined,
    );
    await device.queue.onSubmittedWorkDone();
    return valuesOf(op, rows);
  }
  if (contender === 'ours-cpu') {
    const out = wanted ? gradient.host : undefined;
    return valuesOf(op, measureOnCpu(student.host, teacher.host, request, out));
  }
  const [s, t] = [await student.device.read(), await teacher.device.read()];
  const out = wanted ? new Float32Array(s.length) : undefined;
  const values = measureByLoop(op, { ...student.host, data: s }, { ...teacher.host, data: t }, out);
  if (out !== undefined) device.queue.writeBuffer(gradient.device.buffer, 0, out);
  await device.queue.onSubmittedWorkDone();
  return values;
}

function requestFor(op: Op, { rows, cols }: CpuMatrix): DivergenceRequest {
  return {
    vocab: cols,
    rows: Array.from({ length: rows }, (_, i) => {
      return { student: i, teacher: i, sampledId: 0, weight: 1 / rows };
    }),
    temperature: 1,
    clip: { kind: 'none' },
    topK: 0,
    ...(op === 'jsd' ? { jsdBeta: 0.5 } : {}),
  };
}

function valuesOf(op: Op, rows: readonly DivergenceRow[]): number[] {
  return rows.map((row) => (op === 'jsd' ? (row.jsd ?? Number.NaN) : row.forwardKl));
}

/** Against the plain float64 loop; the loop itself against our CPU twin, also float64. */
function errorOf(
  contender: Contender,
  op: Op,
  student: CpuMatrix,
  teacher: CpuMatrix,
  values: readonly number[],
  written: Float32Array,
): number {
  const expected = new Float32Array(op === 'lossAndGradient' ? student.data.length : 0);
  const out = expected.length > 0 ? expected : undefined;
  const twin = out && { data: out, rows: student.rows, cols: student.cols };
  const truth =
    contender === 'readback-loop'
      ? valuesOf(op, measureOnCpu(student, teacher, requestFor(op, student), twin))
      : measureByLoop(op, student, teacher, out);
  let worst = values.length === truth.length ? 0 : Number.NaN;
  const note = (error: number) => {
    // NaN must win, so that a broken contender cannot look exact.
    if (!(error <= worst)) worst = error;
  };
  truth.forEach((value, i) => {
    note(Math.abs(value - values[i]));
  });
  expected.forEach((value, i) => {
    note(Math.abs(value - written[i]));
  });
  return worst;
}

/** So that no contender is checked on what the one before it wrote. */
function clear(device: GPUDevice, { host, device: { buffer } }: Side): void {
  host.data.fill(0);
  const encoder = device.createCommandEncoder();
  encoder.clearBuffer(buffer);
  device.queue.submit([encoder.finish()]);
}

async function copyOnDevice(device: GPUDevice, from: UploadedMatrix, to: UploadedMatrix) {
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(from.buffer, 0, to.buffer, 0, from.buffer.size);
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
}

async function medianMs(run: () => Promise<void>, repeats: number): Promise<number> {
  await run();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return (times[(repeats - 1) >> 1] + times[repeats >> 1]) / 2;
}
