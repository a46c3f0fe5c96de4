/** Runs and adapters as files that go out and come in. */

import { PlaygroundError } from '../../base/errors.ts';
import { FILE_KINDS, placeOf, tellingFile } from '../../base/file-kinds.ts';
import { fileKind } from '../../base/foreign-text.ts';
import type { ExportedFile, OutwardTrainer, RunExport } from '../../contract/train/runs.ts';
import type { Checkpoint } from '../../contract/train/train-records.ts';
import type { StudentSource } from '../../contract/train/training.ts';
import { adapterStudent } from '../../model/adapters/adapter-student.ts';
import type { Origin } from '../../model/adapters/card.ts';
import { modelCard } from '../../model/adapters/card.ts';
import { mergeTrained } from '../../model/adapters/merge.ts';
import { huggingFaceFiles, onnxFiles } from '../../model/adapters/model-export.ts';
import { adapterFiles, findAdapter } from '../../model/adapters/peft.ts';
import { adapterOf } from '../../model/adapters/trained-tensors.ts';
import { type ModelAssets, requireStateDict } from '../../model/assets.ts';
import { isZip, zipPaths } from '../../storage/zip-read.ts';
import { type ExportFile, zipStream } from '../../storage/zip-write.ts';
import { worldOf } from '../../training/data/table.ts';
import { outwardFiles } from '../../training/outward/folder.ts';
import { readRunFile, runFiles } from '../../training/runs/run-file.ts';
import type { RunContent } from '../../training/runs/run-store.ts';

/** A run as a zip file. Throws `run.no-checkpoint` where weights are asked for that are not there yet. */
export async function exportedRun(
  content: RunContent,
  as: RunExport,
  assets: ModelAssets,
): Promise<ExportedFile> {
  const { name } = content.record;
  const stem = `${fileName(name)}-${as}`;
  const files = await filesOf(content, as, assets);
  const data = await new Response(zipStream(files, stem)).blob();
  return { name: `${stem}.zip`, data };
}

async function filesOf(
  content: RunContent,
  as: RunExport,
  assets: ModelAssets,
): Promise<readonly ExportFile[]> {
  if (as === 'run') return runFiles(content);
  if (as !== 'vigos' && as !== 'trl') return weightsOf(needed(content), as, assets);
  const { settings } = content.record;
  return outwardFiles(as, settings, worldOf(settings));
}

function weightsOf(
  { settings, step, model, trainable: tensors }: Checkpoint,
  as: Exclude<RunExport, 'run' | OutwardTrainer>,
  assets: ModelAssets,
): ExportFile[] {
  const { trainable } = settings;
  const origin: Origin = { base: model, run: { settings, step } };
  if (as === 'adapter') return adapterFiles(adapterOf({ trainable, tensors }), origin);
  const { architecture, stateDict, companions } = requireStateDict(assets);
  const merged = {
    architecture,
    stateDict: mergeTrained(stateDict, { trainable, tensors }),
    companions,
    card: modelCard(origin),
  };
  return as === 'huggingface' ? huggingFaceFiles(merged) : onnxFiles(merged);
}

function needed({ record, checkpoint }: RunContent): Checkpoint {
  if (checkpoint !== null) return checkpoint;
  throw new PlaygroundError({
    code: 'run.no-checkpoint',
    message: `“${record.name}” has no checkpoint yet.`,
    fix: 'Pause it, or wait for its next checkpoint, then export again.',
    where: record.id,
  });
}

/** A student as tensors, under the name that the Lab shows. */
export type TensorStudent = Extract<StudentSource, { kind: 'tensors' }>;

/** The student that a run's last checkpoint holds. */
export function studentOf(content: RunContent): TensorStudent {
  const { settings, step, trainable: tensors } = needed(content);
  const { id: runId, name } = content.record;
  const label = `${name}, step ${step}`;
  return { kind: 'tensors', label, of: { runId, step }, trainable: settings.trainable, tensors };
}

/** What a file holds: a run, or an adapter for the loaded model. Throws `import.unknown`, `import.model`, `import.other-kind` and what their readers throw. */
export async function readImport(
  file: Blob,
  assets: ModelAssets,
): Promise<{ kind: 'run'; content: RunContent } | { kind: 'adapter'; student: TensorStudent }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const paths = isZip(bytes) ? zipPaths(bytes) : null;
  const has = (name: RegExp) => paths?.some((path) => name.test(path)) ?? false;
  if (paths === null) await refuseOtherKind(file);
  if (paths === null || has(/(^|\/)run\.json$/))
    return { kind: 'run', content: await readRunFile(bytes, nameOf(file)) };
  if (!has(/(^|\/)adapter_/)) {
    if (has(/(^|\/)config\.json$/)) throw wholeModel(nameOf(file));
    const telling = tellingFile(paths);
    if (telling !== null) {
      const { name, kind } = telling;
      const what = `holds ${name}, which is ${FILE_KINDS[kind].what}`;
      throw otherKind(nameOf(file), what, placeOf(kind));
    }
    throw neither(nameOf(file));
  }
  const path = 'adapter.zip';
  const { trainable, tensors } = adapterStudent(await findAdapter([{ path, file }]), assets);
  const label = nameOf(file).replace(/\.zip$/, '');
  return { kind: 'adapter', student: { kind: 'tensors', label, trainable, tensors } };
}

function wholeModel(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'import.model',
    message: `${name} holds a whole model.`,
    fix: 'Unzip it, and pick its folder with “Open a model folder”.',
    where: name,
  });
}

/** Throws for a file that is neither an archive nor JSON that may be a run's. */
async function refuseOtherKind(file: Blob): Promise<void> {
  const other = await fileKind(file, nameOf(file));
  if (other === null || other.kind === 'run' || placeOf(other.kind) === null) return;
  throw otherKind(nameOf(file), `is ${other.what}`, placeOf(other.kind));
}

function otherKind(name: string, what: string, place: string | null): PlaygroundError {
  return new PlaygroundError({
    code: 'import.other-kind',
    message: `${name} ${what}.`,
    fix: place ?? RUN_OR_ADAPTER,
    where: name,
  });
}

const RUN_OR_ADAPTER =
  'Pick a run as this page exported it, or a zip file of the folder that PEFT saved.';

function neither(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'import.unknown',
    message: `${name} holds neither a run of this page nor an adapter.`,
    fix: RUN_OR_ADAPTER,
    where: name,
  });
}

const nameOf = (file: Blob): string => (file instanceof File ? file.name : 'the file');

const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'run';
