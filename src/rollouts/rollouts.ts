/** The worker's face: sets of rollouts imported, opened, asked and removed. */

import { JobQueue } from '../base/jobs.ts';
import { type Outcome, outcomeOf } from '../base/outcome.ts';
import { ROLLOUT_METHODS, type RolloutMethodId } from '../contract/rollouts/rollout-methods.ts';
import type {
  ScoredRow,
  ScoreStatistics,
  ScoringRecord,
  TokenTableKind,
} from '../contract/rollouts/rollout-scores.ts';
import {
  ALL_ROWS,
  type ImportProgress,
  type ImportRequest,
  type OpenedRow,
  type QueryReply,
  ROW_FAULTS,
  type RolloutLook,
  type RolloutSetRecord,
  type RolloutSets,
  type RolloutsApi,
  type RowQuery,
  type RowSummary,
  type SideBySide,
} from '../contract/rollouts/rollouts.ts';
import type { TypedAssets } from '../inference/typed.ts';
import { TEACHER_NAMES } from '../method/types.ts';
import { textAssets } from '../model/processor/text-assets.ts';
import { createTokenizer } from '../model/processor/tokenizer.ts';
import { AddressSource } from '../model/sources/address.ts';
import { keepStorage } from '../storage/private-files.ts';
import { gradeOf, readUnder, tokensOfRow } from './analysis.ts';
import { faultColumn, GRADE, numberColumn, teacherColumn } from './columns.ts';
import { importFiles, lookAtFiles } from './import.ts';
import { notOpened, notScored } from './not-opened.ts';
import { OpenedScores } from './opened-scores.ts';
import { rowsOf, TextSearch } from './query.ts';
import { pictureOfAddress, type RowFields, sceneOfPicture } from './row.ts';
import { lineOf, type OpenSet, openSetStore, type SetStore } from './set-store.ts';
import { otherRows, sideBySide } from './side-by-side.ts';
import { statisticsOf } from './statistics.ts';
import { tokenTable } from './token-table.ts';

/** What is read of the built-in model. */
const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'generation_config.json',
] as const;

/** Rows handed out at once. */
const MOST_ROWS = 1000;
/** Bytes of a completion that the list shows at most. */
const SHOWN_BYTES = 400;

interface Asked {
  readonly set: OpenSet;
  readonly search: TextSearch;
  query: RowQuery | null;
  order: Uint32Array;
  scores: OpenedScores | null;
}

export class Rollouts implements RolloutsApi {
  readonly #jobs = new JobQueue();
  #store: Promise<SetStore> | null = null;
  #assets: Promise<TypedAssets> | null = null;
  #tokenizer = '';
  #asked: Asked | null = null;

  open(tokenizerUrl: string, tokenizer: string): Promise<Outcome<RolloutSets>> {
    return outcomeOf(async () => {
      this.#tokenizer = tokenizer;
      this.#assets ??= loadAssets(tokenizerUrl, tokenizer).catch((error: unknown) => {
        this.#assets = null;
        throw error;
      });
      // Needed only when something is imported or opened.
      this.#assets.catch(() => undefined);
      const store = await this.#opened();
      return { ...(await store.list()), lasting: store.lasting };
    }, 'rollouts');
  }

  look(files: readonly File[]): Promise<Outcome<RolloutLook>> {
    return outcomeOf(() => lookAtFiles(files), 'import');
  }

  importSet(
    request: ImportRequest,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<Outcome<RolloutSetRecord>> {
    return outcomeOf(
      () =>
        this.#jobs.run(request.importId, async (job) => {
          const [store, assets] = await Promise.all([this.#opened(), this.#needed()]);
          await keepStorage();
          const tokenizer = this.#tokenizer;
          return importFiles({ request, job, store, assets, tokenizer, onProgress });
        }),
      'import',
    );
  }

  async cancel(importId: string): Promise<void> {
    this.#jobs.cancel(importId);
  }

  openSet(id: string): Promise<Outcome<RolloutSetRecord>> {
    return outcomeOf(async () => {
      const store = await this.#opened();
      await this.#closeSet();
      const set = await store.open(id);
      const search = new TextSearch(set.texts, set.columns);
      this.#asked = { set, search, query: null, order: new Uint32Array(), scores: null };
      // Behind the first rows of the list, so that the first search finds them read; what fails here fails there too.
      setTimeout(() => void search.prepare().catch(() => undefined), 500);
      return set.record;
    }, id);
  }

  query(query: RowQuery): Promise<Outcome<QueryReply>> {
    return outcomeOf(async () => {
      const start = performance.now();
      const asked = this.#current();
      const { set, search } = asked;
      const matches = await search.find(query.text);
      const order = rowsOf(set.columns, query, set.record.numbers, matches);
      if (this.#asked === asked) Object.assign(asked, { query, order });
      const statistics = statisticsOf(set.columns, order, query.method);
      return { count: order.length, statistics, ms: performance.now() - start };
    }, 'rollouts');
  }

  rows(from: number, to: number): Promise<Outcome<readonly RowSummary[]>> {
    return outcomeOf(async () => {
      const { set, order, query } = this.#current();
      if (query === null) return [];
      const wanted = order.subarray(from, Math.min(to, from + MOST_ROWS));
      const texts = await beginnings(set, wanted);
      return Array.from(wanted, (row, i) => summaryOf(set, row, query, texts[i]));
    }, 'rollouts');
  }

  row(row: number, method: RolloutMethodId): Promise<Outcome<OpenedRow>> {
    return outcomeOf(
      async () => {
        const { set } = this.#current();
        const { completion, fields } = await set.row(row);
        return openedRow(set, row, completion, fields, method, await this.#needed());
      },
      `row ${row + 1}`,
    );
  }

  compare(setId: string, steps: RowQuery['steps']): Promise<Outcome<SideBySide>> {
    return outcomeOf(async () => {
      const { set, order: rows, query } = this.#current();
      const store = await this.#opened();
      const { method } = query ?? ALL_ROWS;
      const same = set.record.id === setId;
      const other = same ? set : await store.open(setId);
      try {
        const second = otherRows(other, query ?? ALL_ROWS, steps);
        return await sideBySide({ set, rows }, second, method, store.scores);
      } finally {
        if (!same) await other.close();
      }
    }, setId);
  }

  chosen(most: number | null): Promise<Outcome<Uint32Array>> {
    return outcomeOf(async () => {
      const { order } = this.#current();
      if (most === null || order.length <= most) return order.slice();
      return Uint32Array.from(
        { length: most },
        (_, i) => order[Math.floor((i * order.length) / most)],
      );
    }, 'rollouts');
  }

  scorings(): Promise<Outcome<readonly ScoringRecord[]>> {
    return outcomeOf(async () => {
      const { set } = this.#current();
      return (await this.#opened()).scores.list(set.record.id);
    }, 'rollouts');
  }

  openScores(scoringId: string): Promise<Outcome<ScoreStatistics>> {
    return outcomeOf(async () => {
      const asked = this.#current();
      asked.scores = await OpenedScores.of((await this.#opened()).scores, asked.set, scoringId);
      return asked.scores.statistics;
    }, scoringId);
  }

  scoredRow(row: number): Promise<Outcome<ScoredRow | null>> {
    return outcomeOf(
      async () => (await this.#current().scores?.row(row)) ?? null,
      `row ${row + 1}`,
    );
  }

  tokenTable(as: TokenTableKind): Promise<Outcome<Blob>> {
    return outcomeOf(async () => {
      const { set, scores } = this.#current();
      if (scores === null) throw notScored();
      return tokenTable(set, scores.file, scores.statistics.record, as);
    }, 'rollouts');
  }

  removeScores(scoringId: string): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      const asked = this.#current();
      if (asked.scores?.statistics.record.id === scoringId) asked.scores = null;
      await (await this.#opened()).scores.remove(asked.set.record.id, scoringId);
      return null;
    }, scoringId);
  }

  remove(id: string): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      if (this.#asked?.set.record.id === id) await this.#closeSet();
      await (await this.#opened()).remove(id);
      return null;
    }, id);
  }

  #opened(): Promise<SetStore> {
    this.#store ??= openSetStore();
    return this.#store;
  }

  #needed(): Promise<TypedAssets> {
    if (this.#assets === null) throw notOpened();
    return this.#assets;
  }

  #current(): Asked {
    if (this.#asked === null) throw notOpened();
    return this.#asked;
  }

  async #closeSet(): Promise<void> {
    const asked = this.#asked;
    this.#asked = null;
    await asked?.set.close();
  }
}

async function loadAssets(url: string, name: string): Promise<TypedAssets> {
  const source = new AddressSource({ name, url, files: TOKENIZER_FILES, trusted: true });
  const read = async (file: string) => new TextDecoder().decode(await source.read(file));
  const [tokenizerJson, tokenizerConfigJson, generationConfigJson] = await Promise.all(
    TOKENIZER_FILES.map(read),
  );
  const tokenizer = createTokenizer({ tokenizerJson, tokenizerConfigJson, generationConfigJson });
  return { ...textAssets(tokenizer), architecture: { dialect: 'short' } };
}

/** The beginnings of completions; rows that lie together are read together. */
async function beginnings(set: OpenSet, rows: Uint32Array): Promise<string[]> {
  const at = set.columns.get('textAt');
  const bytes = set.columns.get('textBytes');
  const end = (row: number) => at[row] + Math.min(bytes[row], SHOWN_BYTES);
  const decoder = new TextDecoder();
  if (rows.length === 0) return [];
  const sorted = rows.slice().sort();
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  const together = end(last) - at[first] < 2 ** 20;
  const whole = together
    ? new Uint8Array(await set.texts.slice(at[first], end(last)).arrayBuffer())
    : null;
  return Promise.all(
    Array.from(rows, async (row) => {
      const part =
        whole === null
          ? new Uint8Array(await set.texts.slice(at[row], end(row)).arrayBuffer())
          : whole.subarray(at[row] - at[first], end(row) - at[first]);
      return decoder.decode(part).replace(/\ufffd$/, '');
    }),
  );
}

function summaryOf(set: OpenSet, row: number, query: RowQuery, text: string): RowSummary {
  const get = (name: string) => set.columns.get(name)[row];
  const teachers = TEACHER_NAMES.flatMap((teacher) => {
    const tokens = get(teacherColumn(query.method, teacher));
    return tokens === 0 ? [] : [[teacher, tokens] as const];
  });
  const number = query.order.startsWith('number:')
    ? set.record.numbers.indexOf(query.order.slice('number:'.length))
    : set.record.numbers.length > 0
      ? 0
      : -1;
  return {
    row,
    line: lineOf(set, row),
    step: orNull(get('step')),
    fault: ROW_FAULTS[get(faultColumn(query.method)) - 1] ?? null,
    tokens: get('tokens'),
    grade: gradeWord(get('grade')),
    teachers: Object.fromEntries(teachers),
    text,
    number: number < 0 ? null : orNull(get(numberColumn(number))),
  };
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
const gradeWord = (grade: number) =>
  grade === GRADE.none ? null : grade === GRADE.right ? 'right' : 'wrong';

async function openedRow(
  set: OpenSet,
  row: number,
  completion: string,
  fields: RowFields,
  method: RolloutMethodId,
  assets: TypedAssets,
): Promise<OpenedRow> {
  const { record, columns } = set;
  const about = {
    row,
    line: lineOf(set, row),
    text: completion,
    prompt: fields.prompt ?? null,
    question: fields.question ?? null,
    reference: fields.reference ?? null,
    id: fields.id ?? null,
    step: orNull(columns.get('step')[row]),
    numbers: record.numbers.flatMap((name, i) => {
      const value = orNull(columns.get(numberColumn(i))[row]);
      return value === null ? [] : [{ name, value }];
    }),
    image: await imageOf(fields.image),
  };
  const tokens = await outcomeOf(() => tokensOfRow(completion, fields, assets), about.line);
  if (!tokens.ok)
    return {
      ...about,
      answer: null,
      grade: null,
      asRead: [],
      ownTokens: false,
      unreadable: tokens.error,
      ids: [],
      texts: [],
      parsed: null,
      plan: null,
    };
  const { ids, texts, asRead, ownTokens, foreignIds } = tokens.value;
  const { parsed, plan } = readUnder(tokens.value, { asked: ROLLOUT_METHODS[method] }).asked;
  const grade = gradeOf(parsed, fields.reference);
  const note = foreignIds && !ownTokens ? [FOREIGN] : [];
  return {
    ...about,
    answer: parsed.answer,
    grade: grade === null ? null : grade ? 'right' : 'wrong',
    asRead: [...asRead, ...note],
    ownTokens,
    unreadable: null,
    ids,
    texts,
    parsed,
    plan,
  };
}

const FOREIGN =
  'The file’s token ids are another tokenizer’s: they do not have this text here, so the text was encoded.';

async function imageOf(image: string | undefined): Promise<OpenedRow['image']> {
  if (image === undefined) return null;
  const scene = sceneOfPicture(image);
  if (scene !== null) return { kind: 'scene', name: `${scene.split} ${scene.index}`, scene };
  if (!image.startsWith('data:')) return { kind: 'named', name: image };
  const file = pictureOfAddress(image);
  return file === null
    ? { kind: 'named', name: 'a picture whose Base64 is damaged' }
    : { kind: 'file', file };
}
