/** Rollouts of files under the loaded model's teachers: a rollout a turn among the engine's jobs, written down as they come. */

import { version } from '../../../package.json';
import { PlaygroundError } from '../../base/errors.ts';
import type { JobHandle } from '../../base/jobs.ts';
import { type Outcome, outcomeOf } from '../../base/outcome.ts';
import { ROLLOUT_METHODS } from '../../contract/rollouts/rollout-methods.ts';
import {
  SCORES_FORMAT,
  type ScoredRow,
  type ScoringEvent,
  type ScoringRecord,
  type ScoringRequest,
} from '../../contract/rollouts/rollout-scores.ts';
import { bothMethods } from '../../contract/trace/leakage.ts';
import { usedDivergence } from '../../contract/trace/used-divergence.ts';
import { checkIds, checkScoring } from '../../inference/checks.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import { scoreRollout } from '../../inference/rollouts.ts';
import { scoresGone } from '../../rollouts/opened-scores.ts';
import type { ScoreStore } from '../../rollouts/score-store.ts';
import { openSetStore, type SetStore } from '../../rollouts/set-store.ts';
import { PictureFiles } from '../../storage/picture-files.ts';
import type { StudentLoan } from '../engine-loan.ts';
import { baseOf, evaluatedModel } from '../evaluation/evaluated-model.ts';
import { leakageParts } from '../evaluation/leakage-lines.ts';
import type { LoadedModel } from '../loaded-model.ts';
import { type Active, TurnedWork } from '../turned-work.ts';
import { type Lacks, lacking, type RowSubject, RowSubjects } from './row-subjects.ts';

/** How often what was scored is written down, ms: what a closed tab loses at most. */
const WRITE_EVERY_MS = 1500;
/** Between two reports, ms. */
const TELL_EVERY_MS = 200;

export class Scorings {
  readonly #host: StudentLoan<ScoringEvent>;
  readonly #work: TurnedWork;
  #sets: Promise<SetStore> | null = null;

  constructor(host: StudentLoan<ScoringEvent>) {
    this.#host = host;
    this.#work = new TurnedWork(host, 'scoring end');
  }

  score(request: ScoringRequest): Promise<Outcome<ScoringRecord>> {
    const { scoringId: id } = request;
    const choice = request.begin === null ? request.student : request.begin.student;
    return outcomeOf(async () => {
      const model = this.#host.need();
      checkScoring(model.assets);
      return this.#work.run(id, choice, twice, (active) => this.#run(request, active, model));
    }, id);
  }

  pause(id: string): void {
    this.#work.pause(id);
  }

  releaseSessions(): Promise<void> {
    return this.#work.releaseSessions();
  }

  async #run(request: ScoringRequest, active: Active, model: LoadedModel): Promise<ScoringRecord> {
    this.#sets ??= openSetStore();
    const sets = await this.#sets;
    if (!sets.lasting) throw noStorage();
    const set = await sets.open(request.setId);
    try {
      const pictures = await PictureFiles.from(request.pictures);
      const scores = sets.scores;
      const who = await evaluatedModel(model.assets, active.student);
      const begun = await opened(request, scores, {
        model: who,
        backend: model.backend.name,
      });
      const { release, rows } = begun;
      try {
        const method = ROLLOUT_METHODS[begun.record.method].method;
        const subjects = new RowSubjects(set, pictures, model.assets, method);
        await subjects.checkTokenizer(rows);
        if (begun.isNew) await scores.begin(begun.record, rows);
        return await this.#rows(begun, subjects, scores, model, active);
      } finally {
        await release();
      }
    } finally {
      await set.close();
    }
  }

  async #rows(
    { record: before, rows }: Begun,
    subjects: RowSubjects,
    scores: ScoreStore,
    model: LoadedModel,
    active: Active,
  ): Promise<ScoringRecord> {
    let record: ScoringRecord = { ...before, state: 'running', backend: model.backend.name };
    let held: ScoredRow[] = [];
    const start = performance.now();
    const begunAt = record.done;
    let [toldAt, writtenAt] = [Number.NEGATIVE_INFINITY, start];
    const tell = () => {
      const now = performance.now();
      if (now - toldAt < TELL_EVERY_MS && record.done < record.rows) return;
      toldAt = now;
      const made = record.done - begunAt;
      const leftMs = made < 3 ? null : ((now - start) / made) * (record.rows - record.done);
      const { id: scoringId, done, rows: total, lacking: missing } = record;
      const progress = { done, total, lacking: missing, leftMs };
      this.#host.emit({ type: 'scoring.progress', scoringId, progress });
    };
    const write = async (state: ScoringRecord['state']) => {
      const now = performance.now();
      await scores.append(record, held);
      held = [];
      record = { ...record, state, updatedAt: Date.now(), ms: before.ms + now - start };
      await scores.write(record);
      writtenAt = performance.now();
    };
    await scores.write(record);
    tell();
    try {
      while (record.done < record.rows && !active.pauseAsked) {
        const scored = await this.#turn(rows[record.done], record, subjects, model, active);
        held.push(scored);
        record = {
          ...record,
          done: record.done + 1,
          lacking: record.lacking + Number(scored.lacks !== null),
        };
        if (performance.now() - writtenAt > WRITE_EVERY_MS) await write('running');
        tell();
      }
    } catch (error) {
      if (!active.pauseAsked) {
        await write('paused');
        throw error;
      }
    }
    await write(record.done === record.rows ? 'done' : 'paused');
    return record;
  }

  #turn(
    row: number,
    record: ScoringRecord,
    subjects: RowSubjects,
    model: LoadedModel,
    active: Active,
  ): Promise<ScoredRow> {
    return this.#host.turn('score rollouts', async (job) => {
      if (this.#host.need() !== model) throw otherModel(record);
      const subject = await subjects.of(row);
      if ('code' in subject) return lackingRow(row, subject);
      const pause = async () => {
        await job.pause();
        if (active.pauseAsked) throw new Error('paused in the middle of a rollout');
      };
      try {
        return await model.surviving(async (inUse) => {
          inUse.contexts.trim();
          const student = (await active.student?.on(inUse)) ?? inUse;
          return scoredRow(student, subject, subjects, record, { ...job, pause });
        });
      } catch (error) {
        // What this rollout cannot have, another one may: it says why, and the next one is scored.
        if (
          !(error instanceof PlaygroundError) ||
          !/^(rollout|score|prompt|picture)\./.test(error.record.code)
        )
          throw error;
        return lackingRow(row, lacking('model', error.record.message));
      }
    });
  }
}

interface Begun {
  readonly record: ScoringRecord;
  readonly rows: Uint32Array;
  readonly isNew: boolean;
  readonly release: () => Promise<void>;
}

async function opened(
  { scoringId: id, setId, begin }: ScoringRequest,
  scores: ScoreStore,
  who: Pick<ScoringRecord, 'model' | 'backend'>,
): Promise<Begun> {
  const release = await scores.hold(id);
  try {
    if (begin !== null) {
      const { rows, method, writer, leakage } = begin;
      const now = Date.now();
      const record: ScoringRecord = {
        format: SCORES_FORMAT,
        id,
        setId,
        createdAt: now,
        updatedAt: now,
        state: 'running',
        version,
        ...who,
        writer,
        method,
        leakage,
        rows: rows.length,
        done: 0,
        lacking: 0,
        ms: 0,
      };
      return { record, rows, isNew: true, release };
    }
    const before = await scores.record(setId, id);
    if (before === null) throw scoresGone(id);
    if (printOf(before.model) !== printOf(who.model)) throw otherModel(before);
    // What was written last counts, whatever its record had come to.
    const counted = await scores.mend(before);
    return {
      record: { ...before, ...counted },
      rows: await scores.asked(before),
      isNew: false,
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function scoredRow(
  inUse: ModelInUse,
  { row, planned, input, asRead, wrongAnswers }: RowSubject,
  subjects: RowSubjects,
  { method: name, leakage }: ScoringRecord,
  job: JobHandle,
): Promise<ScoredRow> {
  const { method } = ROLLOUT_METHODS[name];
  checkIds(planned.ids, inUse.assets);
  const times = { vision: 0, generate: 0, score: 0, divergence: 0 };
  const options = { input, overrides: {}, sampling: null, asRead, logits: false };
  const { trace } = await scoreRollout(inUse, planned, options, job, times, () => undefined);
  const tokens = trace.tokens.map((token) => {
    const { id, text, segment, teacher, rule, loss, clipped } = token;
    const { studentLogProb, teacherLogProb, forwardKl, reverseKl } = token;
    const divergence = usedDivergence(token, method);
    const figures = { studentLogProb, teacherLogProb, forwardKl, reverseKl, divergence, loss };
    return { id, text, segment, teacher, rule, ...figures, clipped };
  });
  const { valid } = planned.parsed;
  const parts = !valid || leakage === null ? null : await leakageOf();
  return { row, lacks: null, valid, leakage: parts, tokens };

  /** Null where the rollout does not admit it: no other picture near, no wrong answer left, no room. */
  async function leakageOf() {
    const mismatched = await subjects.mismatched(row);
    if (mismatched === null || leakage === null) return null;
    const subject = { input, methods: bothMethods(method), wrongAnswers, mismatched };
    try {
      return await leakageParts(inUse, planned.ids, subject, leakage, job.pause);
    } catch (error) {
      if (error instanceof PlaygroundError && /^(leakage|rollout)\./.test(error.record.code))
        return null;
      throw error;
    }
  }
}

const lackingRow = (row: number, lacks: Lacks): ScoredRow => ({
  row,
  lacks,
  valid: false,
  leakage: null,
  tokens: [],
});

const printOf = (model: ScoringRecord['model']) =>
  [baseOf(model), model.student?.fingerprint ?? ''].join();

function otherModel({ id, model }: ScoringRecord): PlaygroundError {
  const who = model.student?.label ?? model.name;
  return new PlaygroundError({
    code: 'scores.other-model',
    message: `“${who}” scored these rollouts so far, and those weights are not the ones that are loaded now.`,
    fix: 'Load that model again and go on, or score anew with this one.',
    where: id,
  });
}

function noStorage(): PlaygroundError {
  return new PlaygroundError({
    code: 'scores.no-storage',
    message:
      'This browser keeps no files for this site, so that the model cannot be handed the rollouts.',
    fix: 'Let this site store data and open it in an ordinary window over https; one rollout at a time opens in the Lab.',
    where: 'storage',
  });
}

function twice(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'scores.running',
    message: 'These rollouts are being scored already.',
    fix: 'Wait until it is done, or pause it.',
    where: id,
  });
}
