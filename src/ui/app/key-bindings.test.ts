import { expect, it } from 'vitest';
import { askedBy } from './key-bindings.ts';

const key = (key: string, more: object = {}) => ({
  ...{ key, code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...more,
});

it('keys ask for pages, a run, the swap, a step back and forth, and help', () => {
  const alt = { altKey: true, shiftKey: true };
  expect(askedBy(key('?', { shiftKey: true }), 7)).toBe('help');
  expect(askedBy(key('Enter', { ctrlKey: true }), 7)).toBe('run');
  expect(askedBy(key('z', { metaKey: true }), 7)).toBe('undo');
  expect(askedBy(key('Z', { ctrlKey: true, shiftKey: true }), 7)).toBe('redo');
  expect(askedBy(key('S', { ...alt, code: 'KeyS' }), 7)).toBe('swap');
  expect(askedBy(key('@', { ...alt, code: 'Digit2' }), 7)).toEqual({ page: 1 });
  expect(askedBy(key(')', { ...alt, code: 'Digit0' }), 10)).toEqual({ page: 9 });
  expect(askedBy(key(')', { ...alt, code: 'Digit0' }), 9)).toBeNull();
});

it('what the browser has keys for stays the browser’s', () => {
  expect(askedBy(key('z'), 7)).toBeNull();
  expect(askedBy(key('Enter'), 7)).toBeNull();
  expect(askedBy(key('1', { altKey: true, code: 'Digit1' }), 7)).toBeNull();
  expect(askedBy(key('(', { altKey: true, shiftKey: true, code: 'Digit9' }), 7)).toBeNull();
  expect(askedBy(key('r', { ctrlKey: true }), 7)).toBeNull();
});
