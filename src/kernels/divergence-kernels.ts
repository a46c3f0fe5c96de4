/** The divergence kernels' shaders, put together for the way the logits lie and for what the device can do. */

import common from './common.wgsl?raw';
import type { KernelJob } from './dispatch.ts';
import divergence from './divergence.wgsl?raw';
import gradientPass from './gradient.wgsl?raw';
import { accessCode, gradientCode, type LogitsAccess } from './logits-access.ts';
import mergePass from './merge.wgsl?raw';
import pairTable from './pair.wgsl?raw';
import pairSums from './pair-sums.wgsl?raw';
import reduce from './reduce.wgsl?raw';
import reduceSubgroups from './reduce-subgroups.wgsl?raw';
import termsPass from './terms.wgsl?raw';
import topK from './top-k.wgsl?raw';

type Kernel = Pick<KernelJob, 'label' | 'code' | 'leastLanes'>;

/** The first read of both rows: every sum that the KLs and entropies follow from. */
export function sumsKernel(access: LogitsAccess, subgroups: boolean): Kernel {
  const layout = accessCode({ ...access, inPlace: false });
  return { label: 'divergence sums', code: joined(subgroups, layout, divergence) };
}

/** The most probable entries of both rows. It wants several maxima for each place, four a lane, also where lanes are dear. */
export function topListsKernel(access: LogitsAccess, length: number): Kernel {
  const layout = accessCode({ ...access, inPlace: false });
  return {
    label: 'top lists',
    code: joined(false, layout, topK),
    leastLanes: length > 16 ? 64 : 16,
  };
}

/** Merges the splits of each pair. */
export function mergeKernel(subgroups: boolean): Kernel {
  return { label: 'divergence merge', code: joined(subgroups, mergePass) };
}

/** The second read: JSD, entry clip and what their gradients need. */
export function termsKernel(access: LogitsAccess): Kernel {
  const layout = accessCode({ ...access, inPlace: false });
  return { label: 'divergence terms', code: joined(false, layout, pairSums, termsPass) };
}

/** The gradient of each pair's loss by the student's logits. */
export function gradientKernel(access: LogitsAccess): Kernel {
  const layout = [gradientCode(access), accessCode(access)].join('\n');
  return { label: 'divergence gradient', code: joined(false, layout, pairSums, gradientPass) };
}

/** The kernels of requests on f32 logits, to be compiled ahead of the first. */
export function usualKernels(subgroups: boolean): Kernel[] {
  return [true, false].flatMap((quads) => {
    const access: LogitsAccess = { student: 'f32', teacher: 'f32', quads, inPlace: false };
    return [sumsKernel(access, subgroups), topListsKernel(access, 10), termsKernel(access)];
  });
}

function joined(subgroups: boolean, ...parts: string[]): string {
  const start = subgroups ? ['enable subgroups;'] : [];
  return [...start, common, pairTable, subgroups ? reduceSubgroups : reduce, ...parts].join('\n');
}
