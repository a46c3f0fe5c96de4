/** The command as it is used: prints its figures, goes on from what it wrote, and says what is wrong. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';

const scratch = mkdtempSync(path.join(tmpdir(), 'evaluate-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Ended {
  code: number;
  out: string;
  said: string;
}

const evaluate = (...args: string[]) =>
  new Promise<Ended>((resolve) => {
    const command = ['--import', 'tsx', 'scripts/evaluate.ts', ...args];
    execFile(process.execPath, command, { maxBuffer: 1e8 }, (error, out, said) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, said }),
    );
  });

interface Found {
  readonly state: string;
  readonly figures: readonly { readonly id: string; readonly value: number | null }[];
}

it('goes on from a folder in which lines are missing, to the same figures', async () => {
  const small = ['--count', '4', '--measures', 'vilp,truth', '--facts', 'F', '--backend', 'wasm'];
  const out = path.join(scratch, 'result');
  const first = await evaluate(...small, '--out', out, '--json');
  expect(first.code, first.said).toBe(0);
  const found: Found = JSON.parse(first.out);
  expect(found.state).toBe('done');
  expect(found.figures.find(({ id }) => id === 'valid.strict')?.value).toBe(1);
  const log = path.join(out, 'lines.jsonl');
  const lines = readFileSync(log, 'utf8');
  expect(lines.trim().split('\n')).toHaveLength(12);
  // As if it had been killed in the middle of its work.
  writeFileSync(log, lines.slice(0, lines.length / 2));
  const again = await evaluate(...small, '--out', out, '--json');
  expect(again.code, again.said).toBe(0);
  expect((JSON.parse(again.out) as Found).figures).toEqual(found.figures);
  const other = await evaluate(...small, '--seeds', '2', '--out', out);
  expect(other.code).toBe(2);
  expect(other.said).toContain('evaluation.other-settings');
}, 600_000);

it('wrong arguments end with 2 before a browser starts', async () => {
  const { code, said } = await evaluate('--set', 'prior-test', '--responses', '99');
  expect(code).toBe(2);
  expect(said).toContain('responses is 99');
  expect((await evaluate('--run', path.join(scratch, 'nowhere'))).code).toBe(2);
}, 600_000);
