/** The machine that a benchmark runs on, and its one shared device. */

import { type ErrorRecord, toErrorRecord } from '../base/errors.ts';
import { type GpuContext, requestGpu } from '../model/runtime/device.ts';
import type { BenchMachine } from './contract.ts';

/** The device, or why there is none; whoever asks destroys it. */
export type FoundGpu =
  | { readonly context: GpuContext; readonly error: null }
  | { readonly context: null; readonly error: ErrorRecord };

export async function findGpu(): Promise<FoundGpu> {
  try {
    return { context: await requestGpu(), error: null };
  } catch (error) {
    return { context: null, error: toErrorRecord(error, 'WebGPU') };
  }
}

export function describeMachine({ context, error }: FoundGpu): BenchMachine {
  return {
    device: context === null ? error.message : nameOf(context),
    software: context?.facts.software ?? null,
    maxBufferBytes: context?.device.limits.maxStorageBufferBindingSize ?? null,
    cores: navigator.hardwareConcurrency,
    isolated: globalThis.crossOriginIsolated,
    userAgent: navigator.userAgent,
  };
}

function nameOf({ facts: { vendor, architecture, description } }: GpuContext): string {
  return [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed adapter';
}
