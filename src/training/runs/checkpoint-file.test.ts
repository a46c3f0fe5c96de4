/** A checkpoint comes back as it was, and is refused when a bit of it changed. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refusedLater } from '../../base/fixtures/refused.ts';
import { readSafetensors, readSafetensorsMetadata } from '../../model/formats/safetensors.ts';
import { sha256 } from '../fingerprint.ts';
import {
  readCheckpoint,
  requireModel,
  requireTensors,
  writeCheckpoint,
} from './checkpoint-file.ts';
import { checkpointState } from './fixtures/states.ts';
import { NO_CHECKSUM } from './seal.ts';

const state = checkpointState('run', 5);

const refusal = (bytes: Uint8Array) => refusedLater(readCheckpoint(bytes));

test('everything comes back: tensors bit by bit, settings, figures', async () => {
  const bytes = await writeCheckpoint(state);
  expect(await readCheckpoint(bytes)).toEqual(state);
  expect(Buffer.compare(await writeCheckpoint(state), bytes)).toBe(0);
});

test('any reader of safetensors finds the tensors by name', async () => {
  const bytes = await writeCheckpoint(state);
  const names = [...readSafetensors(bytes).keys()];
  expect(names.length).toBe(6);
  expect(names).toContain('trainable/model.layers.0.self_attn.q_proj.lora_A.weight');
  expect(names).toContain('adam.second/model.layers.0.self_attn.q_proj.lora_B.weight');
  expect(readSafetensorsMetadata(bytes).format).toBe('vigos-checkpoint/2');
});

test('a figure that is no number comes back as such', async () => {
  const [first, ...rest] = state.metrics;
  const broken = { ...state, metrics: [{ ...first, gradNorm: Number.NaN }, ...rest] };
  const { metrics } = await readCheckpoint(await writeCheckpoint(broken));
  expect(metrics[0].gradNorm).toBeNaN();
  expect(metrics.slice(1)).toEqual(rest);
});

test('a weight or a moment that is no number is named', async () => {
  for (const part of ['trainable', 'adam.first', 'adam.second']) {
    const broken = checkpointState('run', 5);
    const { first, second } = broken.optimizer;
    const maps = { trainable: broken.trainable, 'adam.first': first, 'adam.second': second };
    const [name, { data }] = [...maps[part as keyof typeof maps]][1];
    data[9] = Number.POSITIVE_INFINITY;
    expect(await refusal(await writeCheckpoint(broken))).toMatchObject({
      code: 'checkpoint.not-finite',
      where: `checkpoint: ${part}/${name}`,
    });
  }
});

test('one changed bit anywhere, or a missing end, is damage', async () => {
  const bytes = await writeCheckpoint(state);
  const place = fc.nat(bytes.length * 8 - 1);
  await fc.assert(
    fc.asyncProperty(place, async (bit) => {
      const changed = bytes.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      expect((await refusal(changed)).code).toMatch(
        /^(checkpoint\.damaged|run\.invalid|run\.newer)$/,
      );
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
      expect((await refusal(bytes.subarray(0, length))).code).toBe('checkpoint.damaged');
    }),
  );
});

test('a later version is named, and what is no checkpoint too', async () => {
  const bytes = await writeCheckpoint(state);
  const text = Buffer.from(bytes).toString('latin1').replace('checkpoint/2', 'checkpoint/3');
  const sum = readSafetensorsMetadata(bytes).checksum ?? '';
  const other = await sha256(Buffer.from(text.replace(sum, NO_CHECKSUM), 'latin1'));
  const newer = await refusal(new Uint8Array(Buffer.from(text.replace(sum, other), 'latin1')));
  expect(newer.code).toBe('run.newer');
  expect(newer.message).toContain('vigos-checkpoint/3');
  expect((await refusal(new TextEncoder().encode('hello'))).code).toBe('checkpoint.damaged');
});

test('going on needs the model that the run began with', () => {
  const loaded = { name: state.model.name, fingerprint: 'b'.repeat(64) };
  expect(() => requireModel(state.model, { ...state.model })).not.toThrow();
  expect(() => requireModel(state.model, loaded)).toThrow(/weights have changed/);
});

test('a state has just the tensors that its settings ask for, each with both moments', () => {
  const shapes = new Map([...state.trainable].map(([name, { shape }]) => [name, shape]));
  const [name] = shapes.keys();
  expect(() => requireTensors(state, shapes)).not.toThrow();
  expect(() => requireTensors(state, new Map([...shapes].slice(1)))).toThrow(/not trained/);
  expect(() => requireTensors(state, new Map([...shapes, ['more', [2]]]))).toThrow(/missing/);
  expect(() => requireTensors(state, new Map([...shapes, [name, [8, 16]]]))).toThrow(/\[8, 16\]/);
  const { optimizer } = checkpointState('run', 5);
  const second = new Map([...optimizer.second].slice(1));
  expect(() => requireTensors({ ...state, optimizer: { ...optimizer, second } }, shapes)).toThrow(
    /missing/,
  );
});
