/**
 * Checkpoints as files, `vigos-checkpoint/2`: one safetensors file that any reader of that format opens.
 *
 * Tensors, all float32: `trainable/NAME`, `adam.first/NAME` and `adam.second/NAME`, NAME as in {@link TensorMap}.
 * Metadata: `format`; `state`, everything else of {@link Checkpoint} as JSON; `checksum`, the SHA-256 of the file
 * with 64 zeros in the checksum's own place, so that a file that was cut off or changed is told from a whole one.
 */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import {
  backendName,
  check,
  checkFormat,
  invalid,
  modelIdentity,
  runLog,
} from '../../contract/train/run-log.ts';
import type {
  Checkpoint,
  FloatTensor,
  ModelIdentity,
  TensorMap,
} from '../../contract/train/train-records.ts';
import { validateTrainSettings } from '../../contract/train/train-validate.ts';
import {
  float32Tensor,
  readSafetensors,
  readSafetensorsMetadata,
  type TensorData,
  toFloat32,
  writeSafetensors,
} from '../../model/formats/safetensors.ts';
import { sha256 } from '../fingerprint.ts';
import { NO_CHECKSUM } from './seal.ts';

const FORMAT = 'vigos-checkpoint/2';

const PARTS = { trainable: 'trainable/', first: 'adam.first/', second: 'adam.second/' } as const;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const stateSchema = v.object({
  runId: v.string(),
  settings: v.unknown(),
  model: modelIdentity,
  backend: backendName,
  step: count,
  updates: count,
  ...runLog.entries,
});

/** The bytes of a checkpoint; the same for the same state. */
export async function writeCheckpoint(state: Checkpoint): Promise<Uint8Array<ArrayBuffer>> {
  const { format, trainable, optimizer, ...rest } = state;
  const tensors = new Map([
    ...prefixed(PARTS.trainable, trainable),
    ...prefixed(PARTS.first, optimizer.first),
    ...prefixed(PARTS.second, optimizer.second),
  ]);
  const json = JSON.stringify({ ...rest, updates: optimizer.updates });
  const bytes = writeSafetensors(tensors, { format, checksum: NO_CHECKSUM, state: json });
  bytes.set(new TextEncoder().encode(await sha256(bytes)), checksumPlace(bytes));
  return bytes;
}

/**
 * The state in a checkpoint; its tensors are views of the file.
 * Throws {@link PlaygroundError} `checkpoint.damaged` for a file that is cut off or changed,
 * `checkpoint.not-finite` for one with a value that is no number, `run.newer`, `run.invalid` and what `validateTrainSettings` throws.
 */
export async function readCheckpoint(bytes: Uint8Array, where = 'checkpoint'): Promise<Checkpoint> {
  const { metadata, tensors } = open(bytes, where);
  // First of all: a damaged format is no later version.
  await verify(bytes, metadata.checksum ?? '', where);
  checkFormat(metadata, FORMAT, where);
  const { updates, settings, ...rest } = check(
    stateSchema,
    parse(metadata.state ?? '', where),
    where,
  );
  assertNumbers(tensors, where);
  return {
    format: FORMAT,
    ...rest,
    settings: validateTrainSettings(settings),
    trainable: part(tensors, PARTS.trainable),
    optimizer: {
      updates,
      first: part(tensors, PARTS.first),
      second: part(tensors, PARTS.second),
    },
  };
}

/** Throws {@link PlaygroundError} `run.other-model` where a run cannot go on with the model that is loaded. */
export function requireModel(run: ModelIdentity, loaded: ModelIdentity): void {
  if (run.fingerprint === loaded.fingerprint) return;
  const same = run.name === loaded.name ? ', and its weights have changed since' : '';
  throw new PlaygroundError({
    code: 'run.other-model',
    message: `This run trains ${run.name}${same}; loaded is ${loaded.name} with other weights.`,
    fix: `Load ${run.name} with the weights that the run began with, then go on.`,
    where: 'model',
    detail: { run, loaded },
  });
}

/**
 * Throws {@link PlaygroundError} `run.other-tensors` where a state has not just these tensors, by name and shape, each
 * with the two moments of its optimiser.
 */
export function requireTensors(
  { trainable, optimizer }: Pick<Checkpoint, 'trainable' | 'optimizer'>,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  for (const tensors of [trainable, optimizer.first, optimizer.second]) {
    const names = new Set([...shapes.keys(), ...tensors.keys()]);
    for (const name of names) {
      const wanted = shapes.get(name);
      const found = tensors.get(name);
      const size = wanted?.reduce((a, b) => a * b, 1);
      if (String(found?.shape) !== String(wanted) || found?.data.length !== size)
        throw otherTensors(name, wanted, found?.shape);
    }
  }
}

function otherTensors(
  name: string,
  wanted: readonly number[] | undefined,
  found: readonly number[] | undefined,
): PlaygroundError {
  const said = (shape: readonly number[] | undefined, none: string) =>
    shape === undefined ? none : `[${shape.join(', ')}]`;
  return new PlaygroundError({
    code: 'run.other-tensors',
    message: `The checkpoint does not fit its own settings: ${name} is ${said(found, 'missing')} in it and ${said(wanted, 'not trained')} by them.`,
    fix: 'Take the run or checkpoint as this page wrote it, or start a new run.',
    where: name,
    detail: { wanted: wanted ?? null, found: found ?? null },
  });
}

function prefixed(prefix: string, tensors: TensorMap): [string, TensorData][] {
  return [...tensors].map(([name, { data, shape }]) => [prefix + name, float32Tensor(data, shape)]);
}

function part(tensors: ReadonlyMap<string, TensorData>, prefix: string): TensorMap {
  const found = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(
    found.map(([name, tensor]): [string, FloatTensor] => [
      name.slice(prefix.length),
      { shape: tensor.shape, data: toFloat32(tensor, name) },
    ]),
  );
}

function assertNumbers(tensors: ReadonlyMap<string, TensorData>, where: string): void {
  for (const [name, tensor] of tensors)
    if (!toFloat32(tensor, name).every(Number.isFinite))
      throw new PlaygroundError({
        code: 'checkpoint.not-finite',
        message: `${where} holds a value of ${name} that is no number, so nothing can go on from it.`,
        fix: 'Go on from an earlier checkpoint of the run, or start it anew.',
        where: `${where}: ${name}`,
      });
}

function open(bytes: Uint8Array, where: string) {
  try {
    return {
      metadata: readSafetensorsMetadata(bytes, where),
      tensors: readSafetensors(bytes, where),
    };
  } catch (cause) {
    throw damaged(where, cause);
  }
}

async function verify(bytes: Uint8Array, checksum: string, where: string): Promise<void> {
  const place = checksumPlace(bytes);
  if (place < 0 || checksum.length !== NO_CHECKSUM.length) throw damaged(where);
  const plain = bytes.slice();
  plain.set(new TextEncoder().encode(NO_CHECKSUM), place);
  if ((await sha256(plain)) !== checksum) throw damaged(where);
}

/** Where the checksum's digits begin; the header puts it before the state, so nothing else can look like it. */
function checksumPlace(bytes: Uint8Array): number {
  const key = '"checksum":"';
  const at = new TextDecoder('latin1').decode(bytes.subarray(0, 200)).indexOf(key);
  return at < 0 ? -1 : at + key.length;
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(where, 'its state is not JSON', 'state', cause);
  }
}

function damaged(where: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'checkpoint.damaged',
      message: `${where} is damaged: it was cut off or changed after it was written.`,
      fix: 'Go on from an earlier checkpoint of the run, or import the run again.',
      where,
    },
    cause === undefined ? undefined : { cause },
  );
}
