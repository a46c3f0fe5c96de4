/** The browser of a test run: found or installed before the first test, and the same, with its flags, for every command that tests start. */
import { toErrorRecord } from '../../src/base/errors.ts';
import { requireChromium } from '../chromium.ts';

/**
 * Pages of tests are many and short, and each would compile 25 MB of WebAssembly twice: the quick compiler alone takes a
 * third off the processor time of a test that starts six workers.
 */
const QUICK_WASM = '--js-flags=--liftoff-only';

/**
 * Path of a Chromium, named to child processes in `CHROMIUM_PATH`, and the tests' own flag in `CHROMIUM_FLAGS`; `undefined` and a word on standard error
 * where there is none and none can be installed, so that tests without a browser still run.
 *
 * @throws PlaygroundError `chromium.path` if `CHROMIUM_PATH` is set and names no executable.
 */
export function testChromium(): string | undefined {
  process.env.CHROMIUM_FLAGS ??= QUICK_WASM;
  try {
    process.env.CHROMIUM_PATH = requireChromium();
    return process.env.CHROMIUM_PATH;
  } catch (error) {
    const { code, message, fix } = toErrorRecord(error);
    if (code !== 'chromium.missing') throw error;
    console.error(`${message} ${fix}`);
    return undefined;
  }
}
