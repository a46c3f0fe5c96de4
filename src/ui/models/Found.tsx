/** What a look at a model found: what it is, which of its weights run here, what they take, and the way to open them. */

import { useEffect, useRef } from 'react';
import type { FoundWeights, ModelLook } from '../../contract/models/model-sources.ts';
import { useEngineState } from '../engine/context.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { formatBytes } from '../shared/format.ts';
import { Panel } from '../shared/Panel.tsx';
import { Table } from '../shared/Table.tsx';
import { useModels, useModelsState } from './context.ts';
import styles from './Found.module.css';
import { MemoryNeeds } from './MemoryNeeds.tsx';
import { takesAdapter } from './state.ts';
import { BACKENDS, inWords, KIND_NAMES } from './words.ts';

export function Found() {
  const look = useModelsState((s) => s.look);
  const place = useRef<HTMLDivElement>(null);
  const name = look?.name ?? null;
  // On a phone it stands far below the button that asked for it.
  useEffect(() => {
    if (name !== null) place.current?.scrollIntoView({ block: 'nearest' });
  }, [name]);
  if (look === null) return null;
  return (
    <div ref={place}>
      <FoundPanel look={look} />
    </div>
  );
}

function FoundPanel({ look }: { look: ModelLook }) {
  return (
    <Panel heading={look.name} headingId="found-heading" note={originOf(look)} long>
      {look.problem !== null && <ErrorNote error={look.problem} />}
      <Facts look={look} />
      {look.weights.length > 0 && <Weights look={look} />}
      {look.notices.map((notice) => (
        <p key={notice} className={styles.soft}>
          {notice}
        </p>
      ))}
      <Adapters look={look} />
      {look.shape !== null && <MemoryNeeds look={look} shape={look.shape} />}
      <Open look={look} />
    </Panel>
  );
}

function originOf({ host, source, offline }: ModelLook): string {
  if (host === null) return 'A folder of this computer';
  if (offline) return `${host} does not answer: this is what the browser keeps of it`;
  if (source.kind !== 'hub') return `From ${host}`;
  const commit = /^[\da-f]{40}$/.test(source.revision)
    ? `commit ${source.revision.slice(0, 8)}`
    : `revision ${source.revision}`;
  return `From ${host}, ${commit}`;
}

function Facts({ look: { family, shape, files, companionBytes, device } }: { look: ModelLook }) {
  const { gpu, noGpu } = device;
  return (
    <dl className={styles.facts}>
      {family !== null && shape !== null && (
        <>
          <dt>Model</dt>
          <dd>
            {family}, {inWords(shape.parameters)} weights, {shape.layers} layers, a vocabulary of{' '}
            {shape.vocabSize.toLocaleString('en')}, up to {shape.maxPositions.toLocaleString('en')}{' '}
            tokens
          </dd>
        </>
      )}
      <dt>Files</dt>
      <dd>
        {files.length}
        {companionBytes > 0 && `; ${formatBytes(companionBytes)} beside the weights`}
      </dd>
      <dt>This device</dt>
      <dd>
        {gpu === null
          ? noGpu
          : `${gpu.name}${gpu.software ? ' (a GPU in software, on the processor)' : ''}: ${gpu.f16 ? '16-bit arithmetic' : 'no 16-bit arithmetic (shader-f16)'}, ${gpu.subgroups ? 'subgroups' : 'no subgroups'}, ${formatBytes(gpu.largestBuffer)} in one buffer.`}{' '}
        WebAssembly addresses {formatBytes(device.wasmBytes)}.
      </dd>
    </dl>
  );
}

function Weights({ look: { weights, recommended } }: { look: ModelLook }) {
  return (
    <>
      <Table figures stacks className={styles.table}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Choose</span>
            </th>
            <th scope="col">Weights</th>
            <th scope="col">Size</th>
            <th scope="col">Kept here</th>
            <th scope="col">On this device</th>
          </tr>
        </thead>
        <tbody>
          {weights.map((row) => (
            <WeightsRow key={row.kind} row={row} best={recommended?.kind === row.kind} />
          ))}
        </tbody>
      </Table>
      {recommended !== null && (
        <p>
          <strong>{KIND_NAMES[recommended.kind]}</strong> is recommended. {recommended.reason}
        </p>
      )}
    </>
  );
}

function WeightsRow({ row, best }: { row: FoundWeights; best: boolean }) {
  const { chooseKind } = useModels();
  const chosen = useModelsState((s) => s.kind === row.kind);
  const { verdict, bytes, kept } = row;
  return (
    <tr data-runs={verdict.runs}>
      <td>
        <input
          type="radio"
          name="weights"
          aria-label={row.label}
          checked={chosen}
          disabled={!verdict.runs}
          onChange={() => chooseKind(row.kind)}
        />
      </td>
      <th scope="row">
        {row.label}
        {best && <span className={styles.best}>recommended</span>}
      </th>
      <td data-label="Size">{bytes === null ? 'not said' : formatBytes(bytes)}</td>
      <td data-label="Kept here">
        {kept === 0 ? '–' : bytes !== null && kept >= bytes ? 'all' : formatBytes(kept)}
      </td>
      <td className={styles.verdict}>
        {verdict.runs ? (
          <>
            {verdict.on.map((name) => BACKENDS[name]).join(' or ')}
            {verdict.note !== undefined && <span className={styles.note}>{verdict.note}</span>}
          </>
        ) : (
          verdict.reason
        )}
      </td>
    </tr>
  );
}

/** Adapters shown for choice; the rest of a long list are earlier ones. */
const MOST_ADAPTERS = 12;

/** Which adapter is merged into the weights, asked where there is any. */
function Adapters({ look: { adapters } }: { look: ModelLook }) {
  const { chooseAdapter } = useModels();
  const chosen = useModelsState((s) => s.adapter);
  const merges = useModelsState((s) => takesAdapter(s.kind));
  if (adapters.length === 0) return null;
  if (!merges)
    return (
      <p className={styles.soft}>
        {adapters.length === 1 ? 'The adapter' : `The ${adapters.length} adapters`} in the folder
        cannot be merged into graphs: for that the weights have to be there as safetensors.
      </p>
    );
  const offered = [...adapters.slice(0, MOST_ADAPTERS), null];
  return (
    <fieldset className={styles.adapters}>
      <legend>Adapter merged into the weights</legend>
      {offered.map((folder) => (
        <label key={folder}>
          <input
            type="radio"
            name="adapter"
            checked={chosen === folder}
            onChange={() => chooseAdapter(folder)}
          />
          {folder === null ? 'none' : folder === '' ? 'the one beside the weights' : folder}
        </label>
      ))}
      {adapters.length > MOST_ADAPTERS && (
        <p className={styles.soft}>
          {adapters.length - MOST_ADAPTERS} earlier ones are not shown: put one of them into a
          folder with the model.
        </p>
      )}
      <p className={styles.soft}>
        Student and teachers both have it. For a student apart from its teachers choose none, and
        import the adapter on the Train page.
      </p>
    </fieldset>
  );
}

function Open({ look }: { look: ModelLook }) {
  const { open } = useModels();
  const kind = useModelsState((s) => s.kind);
  const fetching = useModelsState((s) => s.fetching !== null);
  const busy = useEngineState((s) => s.phase === 'loading' || s.training);
  const training = useEngineState((s) => s.training);
  const row = look.weights.find((one) => one.kind === kind);
  const undecided = useModelsState((s) => takesAdapter(s.kind) && s.adapter === undefined);
  const ready = look.problem === null && row?.verdict.runs === true && !undecided;
  const missing =
    row?.bytes == null || look.host === null
      ? null
      : Math.max(0, row.bytes - row.kept) + look.companionBytes;
  return (
    <div className={styles.open}>
      <button
        type="button"
        className="button"
        data-kind="primary"
        disabled={!ready || fetching || busy}
        onClick={() => void open()}
      >
        {look.host === null || missing === look.companionBytes
          ? 'Open'
          : missing === null
            ? 'Fetch and open'
            : `Fetch ${formatBytes(missing)} and open`}
      </button>
      <Beside bytes={row?.memory ?? null} />
      {training && (
        <span className={styles.soft}>A run is training; it would end with its model.</span>
      )}
      {look.problem === null && row?.verdict.runs === false && (
        <span className={styles.soft}>It does not run on this device.</span>
      )}
      {undecided && <span className={styles.soft}>Choose an adapter, or none, above.</span>}
    </div>
  );
}

/** Below this nobody notices what a model takes. */
const NOTED_BYTES = 1e8;

/** The model before stays until the next is ready, so for a while there are both. */
function Beside({ bytes }: { bytes: number | null }) {
  const loaded = useEngineState((s) => s.model?.abilities.needs.weightBytes ?? 0);
  if (bytes === null || loaded < NOTED_BYTES) return null;
  const both = bytes + loaded;
  // In GiB, and no more than browsers tell.
  const memory = Number(Reflect.get(navigator, 'deviceMemory') ?? Number.NaN) * 2 ** 30;
  return (
    <span className={styles.soft}>
      The model loaded now stays until this one is ready: for a while both take {formatBytes(both)}.
      {both > memory &&
        ` This computer has ${formatBytes(memory)} or more: if that is not enough, open the built-in model first.`}
    </span>
  );
}
