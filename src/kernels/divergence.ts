/** Per-token divergences on the GPU: checks, runs the plan's jobs, finishes the rows. */

import { checkDivergence, checkGpuMatrix, refuse } from './check.ts';
import { deviceShape } from './device-shape.ts';
import { prepareKernels, runKernels } from './dispatch.ts';
import { usualKernels } from './divergence-kernels.ts';
import type { DivergencePlan } from './divergence-plan.ts';
import { finishRow } from './divergence-rows.ts';
import { readSums, readTerms } from './divergence-sums.ts';
import { planWithinBudget } from './memory-budget.ts';
import type { DivergenceRequest, DivergenceRow, GpuMatrix } from './types.ts';

/** Compiles the divergence kernels ahead of their first use. */
export function prepareDivergence(device: GPUDevice): Promise<void> {
  return prepareKernels(device, usualKernels(device.features.has('subgroups')));
}

/**
 * Measures each listed pair of rows: student logits `[rows, cols]` against the logits `[rows, cols]` of
 * the pair's teacher, results in the order of `request.rows`, in nats. Sides of different padded
 * vocabularies are compared on their common part, the first `request.vocab` entries.
 *
 * Reads each logit once, twice when a JSD or an entry clip is asked for (or the gradient of a reverse KL
 * above 4 nats), once more for the gradient: at least 8·T·V bytes for the KLs of T rows of V float32
 * logits, 20·T·V with the gradient of a KL. Every student row is read once a
 * pair, whatever the number of teachers. With `gradient` (f32, the student's rows), also writes the
 * gradient of every pair's weighted loss by the student's logits: into a buffer of its own, or over the
 * student's logits where the request says `inPlace`.
 *
 * Takes at most `request.memoryBudget` bytes beside the matrices at a time: where more would be needed, the
 * rows are measured in several submissions. All of them are made before the promise is returned, so the
 * logits may be disposed right after.
 *
 * @throws PlaygroundError `kernels.*` naming the wrong shape, buffer, row, id or setting before anything
 * is dispatched; `gpu.*` when the device refuses or is lost.
 */
export async function measureOnGpu(
  device: GPUDevice,
  student: GpuMatrix,
  teachers: GpuMatrix | readonly GpuMatrix[],
  request: DivergenceRequest,
  gradient?: GpuMatrix,
): Promise<DivergenceRow[]> {
  const list = 'buffer' in teachers ? [teachers] : teachers;
  checkGpuMatrix('student logits', student);
  for (const teacher of list) checkGpuMatrix('teacher logits', teacher);
  if (gradient !== undefined) checkGradientBuffer(student, list, request, gradient);
  checkDivergence(student, list, request, gradient);
  if (request.rows.length === 0) return [];

  const subgroups = device.features.has('subgroups');
  const target = { limits: device.limits, shape: deviceShape(device), subgroups };
  const batches = planWithinBudget(target, { student, teachers: list, gradient, request });
  const measured = batches.map((batch) => runPlan(device, batch.plan, batch.request));
  return (await Promise.all(measured)).flat();
}

async function runPlan(
  device: GPUDevice,
  plan: DivergencePlan,
  request: DivergenceRequest,
): Promise<DivergenceRow[]> {
  const topK = request.topK ?? 10;
  const results = await runKernels(device, plan.jobs, [
    'sums',
    ...(plan.secondPass ? ['terms'] : []),
    ...(topK > 0 ? ['lists'] : []),
  ]);
  const terms = results.get('terms');
  const first = {
    sums: results.get('sums') ?? new Uint32Array(),
    splits: plan.splits,
    lists: results.get('lists'),
    listSplits: plan.listSplits,
    topK,
    inverseTemperature: 1 / request.temperature,
  };
  return request.rows.map((pair, index) =>
    finishRow(
      pair,
      request,
      readSums(first, plan.order[index]),
      terms === undefined ? null : readTerms(terms, plan.order[index], plan.splits),
    ),
  );
}

function checkGradientBuffer(
  student: GpuMatrix,
  teachers: readonly GpuMatrix[],
  { inPlace = false }: DivergenceRequest,
  gradient: GpuMatrix,
): void {
  checkGpuMatrix('gradient', gradient);
  if (gradient.format === 'f16' || (inPlace && student.format === 'f16')) {
    refuse(
      'gradient-format',
      'gradient',
      'A gradient is written as float32, which does not fit where half floats are.',
      'Give the gradient a float32 buffer of its own.',
    );
  }
  const same = gradient.buffer === student.buffer;
  if (
    inPlace &&
    !(same && gradient.offset === student.offset && gradient.rowStride === student.rowStride)
  ) {
    refuse(
      'gradient-buffer',
      'gradient',
      'A gradient in place of the logits was asked for, but it lies elsewhere.',
      "Give the student's own matrix as the gradient, or leave `inPlace` out.",
    );
  }
  if ((same && !inPlace) || teachers.some(({ buffer }) => buffer === gradient.buffer)) {
    refuse(
      'gradient-buffer',
      'gradient',
      'The gradient would overwrite logits that are still being read.',
      "Give the gradient a buffer of its own, or ask for it `inPlace` of the student's logits.",
    );
  }
}
