/** A zip archive is taken in only if it agrees with itself and is not too large. */

import { strFromU8, strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import { unzip, zipPaths } from './zip-read.ts';

const text = strToU8('There is a pink sun. '.repeat(2000));
const plain = () => zipSync({ 'a/one.txt': text, 'a/two.txt': [strToU8('two'), { level: 0 }] });
const all = () => true;

function refusal(bytes: Uint8Array, most?: number): string {
  try {
    unzip(bytes, all, most);
  } catch (error) {
    const { code, message } = toErrorRecord(error);
    return `${code}: ${message}`;
  }
  throw new Error('the archive was accepted');
}

/** Where a number of 32 bits stands, the last of them. */
function placeOf(bytes: Uint8Array, signature: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = bytes.length - 4; at >= 0; at--)
    if (view.getUint32(at, true) === signature) return at;
  throw new Error('not found');
}

function msOf(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const CENTRAL = 0x02014b50;
const END = 0x06054b50;

test('deflated and stored files come out as they went in', () => {
  const files = unzip(plain(), all);
  expect(zipPaths(plain())).toEqual(['a/one.txt', 'a/two.txt']);
  expect(files.get('a/one.txt')).toEqual(text);
  expect(strFromU8(files.get('a/two.txt') ?? new Uint8Array())).toBe('two');
  expect([...unzip(plain(), (path) => path.endsWith('two.txt')).keys()]).toEqual(['a/two.txt']);
});

test('every flipped bit of a file’s content is told', () => {
  const bytes = plain();
  const from = 30 + 'a/one.txt'.length;
  const to = placeOf(bytes, 0x04034b50) - 16;
  for (let bit = 8 * from; bit < 8 * to; bit += 5) {
    const changed = bytes.slice();
    changed[bit >> 3] ^= 1 << (bit & 7);
    expect(refusal(changed)).toMatch(/^import\.archive: /);
  }
});

describe('an archive is refused', () => {
  test('for what it would take unpacked, before it is', () => {
    const eight = Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`${i}/run.json`, new Uint8Array(2 ** 20)]),
    );
    expect(refusal(zipSync(eight), 5e6)).toContain(
      'takes 8388608 bytes unpacked, and at most 5000000',
    );
  });

  test('that grows beyond the size it states, without unpacking the rest', () => {
    const bomb = zipSync({ 'run.json': new Uint8Array(6e7) }, { level: 9 });
    const whole = msOf(() => unzip(bomb, all));
    new DataView(bomb.buffer).setUint32(placeOf(bomb, CENTRAL) + 24, 1000, true);
    const refused = msOf(() =>
      expect(refusal(bomb)).toContain('run.json is longer than the archive says'),
    );
    expect(refused).toBeLessThan(whole / 2);
  });

  test('with two files of one path, or a path that leads out of it', () => {
    const two = Buffer.from(zipSync({ 'run.json': text, 'rum.json': text }));
    const twice = Buffer.from(two.toString('latin1').replaceAll('rum.json', 'run.json'), 'latin1');
    expect(refusal(new Uint8Array(twice))).toContain('two files named run.json');
    for (const path of [
      '../run.json',
      '/etc/run.json',
      'C:/run.json',
      'a\\..\\..\\run.json',
      'a\0b',
    ])
      expect(refusal(zipSync({ [path]: text }))).toContain('a path that leads out of it');
  });

  test('where directory and file disagree on its name, or two files lie in one place', () => {
    const bytes = plain();
    bytes[30] ^= 1;
    expect(refusal(bytes)).toContain('is another file in the directory');
    const overlaid = zipSync({ aa: text, bb: text });
    const view = new DataView(overlaid.buffer);
    const last = placeOf(overlaid, CENTRAL);
    view.setUint32(last + 42, 0, true);
    overlaid.set(strToU8('aa'), last + 46);
    expect(refusal(overlaid)).toMatch(/two files named|in one place/);
  });

  test('that is encrypted, packed otherwise, cut off anywhere, or has something behind its end', () => {
    const encrypted = plain();
    encrypted[placeOf(encrypted, CENTRAL) + 8] |= 1;
    expect(refusal(encrypted)).toContain('is encrypted');
    const packed = plain();
    packed[placeOf(packed, CENTRAL) + 10] = 93;
    expect(refusal(packed)).toContain('packed in a way (93)');
    const bytes = plain();
    for (let length = 0; length < bytes.length; length++)
      expect(refusal(bytes.subarray(0, length))).toMatch(/^import\.archive: /);
    expect(refusal(new Uint8Array([...bytes, 0]))).toContain('cut off or damaged');
  });
});

test('an archive with the ZIP64 extension is read, and one whose extension lies is refused', () => {
  const bytes = plain();
  const end = placeOf(bytes, END);
  const old = new DataView(bytes.buffer);
  const [count, size, from] = [
    old.getUint16(end + 10, true),
    old.getUint32(end + 12, true),
    old.getUint32(end + 16, true),
  ];
  const large = new Uint8Array(end + 56 + 20 + 22);
  large.set(bytes.subarray(0, end));
  const view = new DataView(large.buffer);
  view.setUint32(end, 0x06064b50, true);
  view.setBigUint64(end + 4, 44n, true);
  view.setBigUint64(end + 24, BigInt(count), true);
  view.setBigUint64(end + 32, BigInt(count), true);
  view.setBigUint64(end + 40, BigInt(size), true);
  view.setBigUint64(end + 48, BigInt(from), true);
  view.setUint32(end + 56, 0x07064b50, true);
  view.setBigUint64(end + 64, BigInt(end), true);
  view.setUint32(end + 72, 1, true);
  large.set(bytes.subarray(end), end + 76);
  view.setUint32(end + 76 + 16, 0xffffffff, true);
  expect(unzip(large, all).get('a/one.txt')).toEqual(text);
  view.setBigUint64(end + 48, 2n ** 60n, true);
  expect(refusal(large)).toContain('cut off or damaged');
});
