/** The Train page's main job, headless: trains, and writes metrics and checkpoints; `npm run -s train -- --help`. */
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Outcome, unwrap } from '../src/base/outcome.ts';
import type { EngineEvent } from '../src/contract/engine.ts';
import { DEFAULT_MODEL } from '../src/contract/models/built-in-models.ts';
import { settledAfter } from '../src/contract/train/stages.ts';
import type { TrainResult } from '../src/contract/train/training.ts';
import { readCheckpoint } from '../src/training/runs/checkpoint-file.ts';
import { modelAt } from './fetched-model.ts';
import { NO_ADAPTER } from './given-adapter.ts';
import { type GivenModel, givenModel, readFileOf } from './given-files.ts';
import { inHeadlessPage, openPage } from './headless/browser.ts';
import { servedModel } from './headless/served-model.ts';
import { startServer } from './headless/server.ts';
import { FLAGS, readArguments, type TrainOptions, USAGE } from './train/arguments.ts';
import { ADAPTER, CHECKPOINT, DATA, METRICS } from './train/files.ts';
import { writeMerged } from './train/merged.ts';
import type { TrainPageRequest } from './train/page.ts';
import { metricsLine, progressLine } from './train/report.ts';

async function train(options: TrainOptions): Promise<TrainResult> {
  const { out, resume, json, merged, hub } = options;
  const adapter = { given: options.adapter, fix: trainsNone };
  const model = options.model === undefined ? null : await modelAt(options.model, { hub, adapter });
  mkdirSync(out, { recursive: true });
  const metrics = path.join(out, METRICS);
  if (resume === undefined || path.resolve(resume) !== path.resolve(out))
    writeFileSync(metrics, '');
  const files: Record<string, Uint8Array> = {
    ...(resume === undefined
      ? {}
      : { [CHECKPOINT]: readFileOf('--resume', path.join(resume, CHECKPOINT)) }),
    ...(options.data === undefined ? {} : { [DATA]: readFileOf('--data', options.data) }),
  };
  const from =
    files[CHECKPOINT] === undefined ? null : await readCheckpoint(files[CHECKPOINT], CHECKPOINT);
  const steps = [...(from?.metrics ?? [])];
  let settings = settledAfter(from?.settings ?? options.settings, steps);
  const onEvent = (event: EngineEvent) => {
    // Said of the step as it was made: only then is it known whether it ends its stage.
    if (event.type === 'train.step') steps.push(event.metrics);
    const said = progressLine(event, settings);
    if (said !== null) process.stderr.write(`${said}\n`);
    const line = metricsLine(event, settings);
    if (line === null) return;
    appendFileSync(metrics, `${line}\n`);
    if (json) process.stdout.write(`${line}\n`);
    settings = settledAfter(settings, steps);
  };
  const server = await startServer({
    script: 'scripts/train/page.ts',
    ...(model === null ? {} : { model: model.folder }),
    files,
    onPost: (name, _, body) => {
      if (name !== CHECKPOINT && path.dirname(name) !== ADAPTER) return;
      // A file is whole or it is the one before.
      const target = path.join(out, name);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(`${target}.part`, body);
      renameSync(`${target}.part`, target);
    },
  });
  try {
    const result = unwrap(await inPage(server.url, requestOf(options, model), onEvent));
    if (merged) await writeMerged(out, model ?? givenModel(DEFAULT_MODEL.name));
    return result;
  } finally {
    await server.close();
  }
}

const trainsNone = (newest: string) =>
  `Give --adapter ${NO_ADAPTER} to train the model alone; to train on one of them (${newest} is the newest), merge it into the weights first and give the merged model.`;

function requestOf(options: TrainOptions, model: GivenModel | null): TrainPageRequest {
  const { backend, settings, resume, data, steps, pauseAfter, finalGroups } = options;
  return {
    model: servedModel(model),
    backend,
    settings,
    resume: resume !== undefined,
    data: data === undefined ? null : { name: path.basename(data), url: DATA },
    steps: steps ?? null,
    pauseAfter: pauseAfter ?? null,
    finalGroups,
  };
}

function inPage(
  url: string,
  request: TrainPageRequest,
  onEvent: (event: EngineEvent) => void,
): Promise<Outcome<TrainResult>> {
  return inHeadlessPage({}, async (page) => {
    await page.exposeFunction('tell', onEvent);
    await openPage(page, url, 'train');
    return page.evaluate((asked) => globalThis.train(asked), request);
  });
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options === 'help') process.stdout.write(USAGE);
  else await train(options);
} catch (error) {
  FLAGS.end(error, USAGE, /argument|setting|recipe|preset|unreadable|stage|schedule|items|^data\./);
}
