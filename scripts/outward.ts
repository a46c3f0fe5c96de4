/** A run's settings and data for a trainer elsewhere, as a folder: `npm run -s outward -- --help`. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PlaygroundError } from '../src/base/errors.ts';
import type { OutwardTrainer } from '../src/contract/train/runs.ts';
import type { TrainSettings } from '../src/contract/train/train-settings.ts';
import { worldOf } from '../src/training/data/table.ts';
import { outwardFiles } from '../src/training/outward/folder.ts';
import { readCheckpoint } from '../src/training/runs/checkpoint-file.ts';
import { readRunFile } from '../src/training/runs/run-file.ts';
import { Flags } from './flags.ts';
import { readFileOf } from './given-files.ts';
import { readArguments } from './train/arguments.ts';
import { CHECKPOINT } from './train/files.ts';

const FLAGS = new Flags('outward');
const TRAINERS: readonly OutwardTrainer[] = ['vigos', 'trl'];

const USAGE = `npm run -s outward -- --to NAME --out DIR [--run PATH | settings]

Writes launch script, configuration and data set for a trainer elsewhere into DIR, with a README.md that says of every
setting whether it carries over. It trains nothing and needs no browser.

  --to NAME     vigos: the released ViGOS trainer (Accelerate, DeepSpeed, vLLM); trl: TRL's distillation, or its GRPO
                for recipes that learn from rewards
  --out DIR     folder, made if it is missing
  --run PATH    settings of a run: the zip file that the page exported, or the folder that \`npm run train\` wrote
  settings      --recipe, --preset, --steps, --seed, --set KEY=VALUE, as for \`npm run train\`
`;

interface OutwardOptions {
  readonly to: OutwardTrainer;
  readonly out: string;
  readonly settings: TrainSettings;
}

/** Throws {@link PlaygroundError} `outward.bad-argument`, and what `npm run train` throws of its settings. */
async function readOptions(args: readonly string[]): Promise<OutwardOptions | 'help'> {
  const rest = [...args];
  const name = take(rest, '--to');
  const run = take(rest, '--run');
  const trained = readArguments(rest);
  if (trained === 'help') return 'help';
  if (name === null)
    throw FLAGS.bad('--to', '--to is missing.', `Give one of: ${TRAINERS.join(', ')}.`);
  const to = FLAGS.oneOf('--to', name, TRAINERS);
  if (run !== null && rest.some((arg) => /^--(recipe|preset|steps|seed|set)\b/.test(arg)))
    throw FLAGS.bad(
      '--run',
      'A run has its settings already.',
      'Leave out --run, or the settings.',
    );
  const settings = run === null ? trained.settings : await settingsOf(run);
  return { to, out: trained.out, settings };
}

/** Takes a flag and its value out of the arguments; null where it is not there. */
function take(args: string[], flag: string): string | null {
  const at = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  if (at === -1) return null;
  const [taken] = args.splice(at, 1);
  if (taken.includes('=')) return taken.slice(flag.length + 1);
  return args.splice(at, 1)[0] ?? '';
}

async function settingsOf(run: string): Promise<TrainSettings> {
  const folder = statSync(run, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (folder)
    return (await readCheckpoint(readFileOf('--run', path.join(run, CHECKPOINT)))).settings;
  return (await readRunFile(readFileOf('--run', run), run)).record.settings;
}

try {
  const options = await readOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(USAGE);
  else {
    const { to, out, settings } = options;
    for (const { path: name, bytes } of outwardFiles(to, settings, worldOf(settings))) {
      const target = path.join(out, name);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, bytes(), { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
    }
    process.stdout.write(`${out}: start with its README.md\n`);
  }
} catch (error) {
  FLAGS.end(error, USAGE, /argument|setting|recipe|preset|method|unreadable/);
}
