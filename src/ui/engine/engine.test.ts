import { describe, expect, it } from 'vitest';
import type { EngineFace } from './client.ts';
import { createEngine } from './engine.ts';

describe('an engine in which ONNX Runtime did not come', () => {
  it('is ended, so that starting again has a worker that asks for it anew', async () => {
    const error = {
      code: 'model.runtime-unreachable',
      message: 'ONNX Runtime could not be fetched.',
      fix: 'Start again.',
    };
    const api = { load: async () => ({ ok: false, error }) } as unknown as EngineFace;
    const ended: number[] = [];
    let begun = 0;
    const startEngine = () => {
      const own = ++begun;
      return { api, stop: () => void ended.push(own) };
    };
    const model = { kind: 'bundled', name: 'none', url: '' } as const;
    const engine = createEngine({ startEngine, model });
    await engine.load();
    expect(engine.store.getState().phase).toBe('failed');
    expect(engine.store.getState().error).toEqual(error);
    await engine.load();
    expect({ begun, ended }).toEqual({ begun: 2, ended: [1, 2] });
  });
});
