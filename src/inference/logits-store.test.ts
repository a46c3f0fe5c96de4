import { describe, expect, it } from 'vitest';
import type { Logits } from '../model/runtime/tensors.ts';
import { LogitsStore } from './logits-store.ts';

function block(rows: number, released: string[], name: string): Logits {
  const release = () => void released.push(name);
  return { kind: 'memory', batch: 1, rows, vocab: 10, data: new Float32Array(rows * 10), release };
}

describe('kept logits', () => {
  it('serve any part of a stretch that was scored, and nothing beyond it', () => {
    const store = new LogitsStore();
    const logits = block(6, [], 'a');
    store.add(logits, new Map([['key', { logits, firstRow: 0, from: 4, to: 10 }]]));
    expect(store.find('key', 5, 9)?.logits).toBe(logits);
    expect(store.find('key', 3, 9)).toBeUndefined();
    expect(store.find('key', 5, 11)).toBeUndefined();
    expect(store.find('other', 5, 9)).toBeUndefined();
  });

  it('are released oldest first when they take too much room, with their keys', () => {
    const released: string[] = [];
    const store = new LogitsStore();
    for (const name of ['a', 'b', 'c']) {
      const logits = block(10, released, name);
      store.add(logits, new Map([[name, { logits, firstRow: 0, from: 0, to: 10 }]]));
    }
    store.trim(800);
    expect(released).toEqual(['a']);
    expect(store.find('a', 0, 10)).toBeUndefined();
    expect(store.find('b', 0, 10)).toBeDefined();
    store.clear();
    expect(released).toEqual(['a', 'b', 'c']);
    expect(store.find('c', 0, 10)).toBeUndefined();
  });

  it('keep a key that was scored again when its first logits go', () => {
    const released: string[] = [];
    const store = new LogitsStore();
    for (const name of ['old', 'new']) {
      const logits = block(10, released, name);
      store.add(logits, new Map([['key', { logits, firstRow: 0, from: 0, to: 10 }]]));
    }
    store.trim(400);
    expect(released).toEqual(['old']);
    expect(store.find('key', 0, 10)).toBeDefined();
  });
});
