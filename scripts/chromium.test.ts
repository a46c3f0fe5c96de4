import { afterEach, expect, test, vi } from 'vitest';
import { chromiumFlags, findChromium } from './chromium.ts';

afterEach(() => vi.unstubAllEnvs());

test('CHROMIUM_PATH comes before every other browser', () => {
  vi.stubEnv('CHROMIUM_PATH', process.execPath);
  expect(findChromium()).toBe(process.execPath);
});

test('a CHROMIUM_PATH that names no program is an error, not a reason to take another', () => {
  vi.stubEnv('CHROMIUM_PATH', '/nowhere/chromium');
  expect(() => findChromium()).toThrow(/CHROMIUM_PATH names no executable/);
});

test('WebGPU comes from the CPU unless the environment says otherwise', () => {
  vi.stubEnv('CHROMIUM_WEBGPU', '');
  expect(chromiumFlags()).toContain('--use-webgpu-adapter=swiftshader');
  vi.stubEnv('CHROMIUM_WEBGPU', 'hardware');
  expect(chromiumFlags()).not.toContain('--use-webgpu-adapter=swiftshader');
  vi.stubEnv('CHROMIUM_WEBGPU', 'perhaps');
  expect(() => chromiumFlags()).toThrow(/Use software, hardware or off/);
});

test('flags of one’s own come last, since Chromium takes the last', () => {
  vi.stubEnv('CHROMIUM_FLAGS', '  --js-flags=--liftoff-only --mute-audio ');
  expect(chromiumFlags().slice(-2)).toEqual(['--js-flags=--liftoff-only', '--mute-audio']);
  vi.stubEnv('CHROMIUM_FLAGS', '');
  expect(chromiumFlags()).not.toContain('');
});
