/** Records the rollouts that the page shows before its model has loaded: `npm run record`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sealed } from '../src/base/seal.ts';
import { nearestPreset } from '../src/contract/method-presets.ts';
import { RECORDINGS } from '../src/ui/lab/state/recordings.ts';

const FOLDER = path.resolve('public/recorded');
/** What `inspect` calls settings that have another name there. */
const FLAGS: Record<string, string> = {
  maxTokens: 'max-new-tokens',
  teacherImage: 'teachers-see',
};
/** Digits that a page can show, and a few more. */
const DIGITS = 7;

const sevenDigits = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;

mkdirSync(FOLDER, { recursive: true });
for (const { id, place, looks } of RECORDINGS) {
  const { method, ...rest } = place;
  const asked = { ...rest, method: nearestPreset(method).preset.id };
  const args = Object.entries(asked).flatMap(([name, value]) => [
    `--${FLAGS[name] ?? name}`,
    String(value),
  ]);
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      ...['--import', 'tsx', 'scripts/inspect.ts', ...args, '--backend', 'wasm', '--json'],
      ...(looks ? ['--looks'] : []),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 },
  );
  if (status !== 0) process.exit(status ?? 1);
  const rounded = JSON.parse(JSON.stringify(JSON.parse(stdout), sevenDigits));
  const text = `${JSON.stringify(await sealed(rounded))}\n`;
  writeFileSync(path.join(FOLDER, `${id}.json`), text);
  process.stdout.write(`${id}: ${text.length} bytes\n`);
}
