/** Where no browser is found, commands install one or say so; their standard output is theirs alone. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { bareMachine, INSTALLER_SAYS } from './test/bare-machine.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'bare-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function node(env: NodeJS.ProcessEnv, ...args: string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', ...args], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

/** Every command that works in a browser, asked for JSON. */
const COMMANDS = [
  ['scripts/inspect.ts', '--json'],
  ['scripts/train.ts', '--json', '--steps', '1', '--out', path.join(scratch, 'run')],
  ['bench/kernels.ts', '--json'],
  ['bench/train.ts'],
  ['bench/lab.ts'],
];

it.each(COMMANDS)('%s writes nothing but its result to standard output', async (...command) => {
  const machine = bareMachine(mkdtempSync(path.join(scratch, 'fails-')), { installs: false });
  const { code, out, err } = await node(machine.env, ...command);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(INSTALLER_SAYS);
  expect(err).toContain('No Chromium was found and none could be installed.');
  expect(err).toContain('npx playwright install chromium');
  expect(machine.installed()[0]).toBe('npx playwright install chromium');
});

it('one of several processes installs, the others wait and use it', async () => {
  const machine = bareMachine(mkdtempSync(path.join(scratch, 'once-')), { installs: true });
  const program = `import { requireChromium } from ${JSON.stringify(path.resolve('scripts/chromium.ts'))};
    console.log(requireChromium());`;
  const file = ['--input-type=module', '--eval', program];
  const found = await Promise.all([1, 2, 3].map(() => node(machine.env, ...file)));
  const browser = path.join(machine.env.PATH ?? '', 'chromium');
  expect(found.map(({ out }) => out.trim())).toEqual([browser, browser, browser]);
  const downloads = machine
    .installed()
    .filter((line) => line === 'npx playwright install chromium');
  expect(downloads).toHaveLength(1);
});
