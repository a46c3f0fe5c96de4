import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'outward-'));
afterAll(() => rmSync(folder, { recursive: true }));

function outward(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'scripts/outward.ts', ...args], {
    encoding: 'utf8',
  });
}

it('writes a folder whose script a shell can read, and which says what does not carry over', () => {
  const out = join(folder, 'run');
  const done = outward('--to=vigos', '--recipe', 'vigos-code', '--steps', '1', '--out', out);
  expect(done.stderr).toBe('');
  expect(done.status).toBe(0);
  for (const name of ['README.md', 'accelerate.yaml', 'settings.json', 'data/metadata.jsonl'])
    expect(existsSync(join(out, name)), name).toBe(true);
  const shell = spawnSync('bash', ['-n', join(out, 'train.sh')], { encoding: 'utf8' });
  expect(shell.stderr).toBe('');
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('**not there**');
  // Nothing is started without the trainer, and the sentence says what is missing.
  const started = spawnSync('bash', [join(out, 'train.sh')], { encoding: 'utf8', env: {} });
  expect(started.status).not.toBe(0);
  expect(started.stderr).toContain('a clone of https://github.com/OedoSoldier/ViGOS');
});

it('names what is wrong with its flags', () => {
  const out = join(folder, 'none');
  for (const [args, said] of [
    [['--out', out], '--to is missing.'],
    [['--to', 'verl', '--out', out], '--to is "verl".'],
    [['--to', 'vigos'], '--out is missing.'],
    [['--to', 'vigos', '--recipe', 'opsd', '--out', out], 'ViGOS and nothing else'],
    [['--to', 'trl', '--run', join(folder, 'no.zip'), '--out', out], 'no.zip'],
    [
      ['--to', 'trl', '--run', 'x', '--steps', '3', '--out', out],
      'A run has its settings already.',
    ],
  ] as const) {
    const { status, stderr } = outward(...args);
    expect(stderr).toContain(said);
    expect(status, said).toBe(2);
  }
  expect(existsSync(out)).toBe(false);
});
