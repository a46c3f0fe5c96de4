/** The page of `npm run inspect`: runs the engine worker for one request and hands back what it says. */
import * as Comlink from 'comlink';
import type { ErrorRecord } from '../../src/base/errors.ts';
import { PlaygroundError, toErrorRecord } from '../../src/base/errors.ts';
import { unwrap } from '../../src/base/outcome.ts';
import type { RgbaImage } from '../../src/base/rgba-image.ts';
import type { BackendChoice, BackendStatus } from '../../src/contract/backend.ts';
import type {
  EngineApi,
  LeakageLogits,
  LogitsDump,
  SamplingConfig,
  ScoredRollout,
} from '../../src/contract/engine.ts';
import type { ExportPrecision } from '../../src/contract/models/model.ts';
import { bothMethods, type MismatchedPicture } from '../../src/contract/trace/leakage.ts';
import type { Trace, TraceLeakage } from '../../src/contract/trace/trace.ts';
import type { AnswerMeasure } from '../../src/method/grading.ts';
import { perTeacher } from '../../src/method/per-teacher.ts';
import type { MethodConfig } from '../../src/method/types.ts';
import { decodePicture } from '../../src/picture/decode.ts';
import { blankPicture } from '../../src/world/render.ts';
import { engineLine } from '../headless/engine-line.ts';
import { loadOf, type ServedModel } from '../headless/engine-page.ts';

/** Raw RGBA bytes at an address. */
interface ServedPixels {
  readonly kind: 'rgba';
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** Everything the page is told; files are addresses on the same server. */
export interface PageRequest {
  readonly model: ServedModel;
  readonly backend: BackendChoice;
  readonly precision?: ExportPrecision;
  /** A zip file of the student's adapter; null for none. */
  readonly adapterUrl: string | null;
  /** An address of a picture file, or raw RGBA bytes at an address. */
  readonly image:
    | {
        readonly kind: 'file';
        readonly url: string;
        readonly name: string;
        readonly maxPixels: number;
      }
    | ServedPixels;
  readonly question: string;
  readonly answer: string;
  readonly measure: AnswerMeasure;
  readonly rolloutText: string | null;
  readonly sampling: SamplingConfig;
  readonly method: MethodConfig;
  /** PALR too; null for none. */
  readonly leakage: {
    readonly wrongAnswers: readonly string[];
    readonly k: number;
    readonly picture: MismatchedPicture;
    readonly epsilon: number;
    /** The mismatched picture, raw RGBA bytes of the picture's own kind; null for a blank one. */
    readonly mismatched: ServedPixels | null;
  } | null;
  /** What teachers are shown in the picture's place: scored so, or held to themselves; null for neither. */
  readonly instead: {
    readonly looks: boolean;
    readonly kind: 'blank' | 'swapped';
    readonly wrongAnswers: readonly string[];
    /** Raw RGBA bytes of the picture's own kind; null for a blank one. */
    readonly image: ServedPixels | null;
  } | null;
  /** Where to POST logits to, by name; null for none. */
  readonly logitsUrl: string | null;
}

export type PageResult =
  | { readonly ok: true; readonly trace: Trace; readonly backend: BackendStatus }
  | { readonly ok: false; readonly error: ErrorRecord };

declare global {
  /** Called by the command. */
  var inspect: (request: PageRequest) => Promise<PageResult>;
  /** Given by the command: what to tell the person who waits. */
  var say: (text: string) => void;
}

globalThis.inspect = async (request) => {
  try {
    return await run(request);
  } catch (error) {
    return { ok: false, error: toErrorRecord(error) };
  }
};

async function run(request: PageRequest): Promise<PageResult> {
  const worker = new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
  });
  const died = new Promise<never>((_, reject) => {
    worker.onerror = (event) => reject(workerDied(event.message));
  });
  const engine = Comlink.wrap<EngineApi>(worker);
  const work = async (): Promise<PageResult> => {
    await engine.listen(
      Comlink.proxy((event) => {
        const line = engineLine(event);
        if (line !== null) globalThis.say(line);
        if (event.type === 'job.planned') globalThis.say(`rollout: ${event.ids.length} tokens`);
      }),
    );
    const { backend: choice, precision } = request;
    const { backend } = unwrap(
      await engine.load({
        ...(await loadOf(request.model)),
        backend: choice,
        ...(precision ? { precision } : {}),
      }),
    );
    if (backend === null) throw workerDied('no backend');
    if (request.adapterUrl !== null) {
      const file = await (await fetch(request.adapterUrl)).blob();
      const student = unwrap(await engine.takeStudent({ kind: 'adapter', file }));
      if (student !== null) globalThis.say(`student: ${student.label}`);
    }
    const image = await imageOf(request.image);
    const scored = await scoreOrRoll(engine, request, image);
    const { trace } = scored;
    if (request.instead !== null) {
      const changed = await shownElse(engine, request, request.instead, trace, image);
      return { ok: true, trace: changed, backend };
    }
    if (request.leakage === null) {
      if (request.logitsUrl !== null) await send(scored, request.logitsUrl);
      return { ok: true, trace, backend };
    }
    const { leakage, logits } = await leakageOf(engine, request, request.leakage, trace, image);
    if (request.logitsUrl !== null) await post(logits.map(dumpOf), trace, request.logitsUrl);
    return { ok: true, trace: { ...trace, leakage }, backend };
  };
  try {
    return await Promise.race([work(), died]);
  } finally {
    worker.terminate();
  }
}

async function scoreOrRoll(
  engine: Comlink.Remote<EngineApi>,
  { question, answer, measure, rolloutText, sampling, method, logitsUrl }: PageRequest,
  image: RgbaImage,
): Promise<ScoredRollout> {
  const input = { image, question, answer, measure };
  const logits = logitsUrl !== null;
  const jobId = 'inspect';
  if (rolloutText !== null) {
    const completion = { kind: 'text', text: rolloutText } as const;
    return unwrap(await engine.score({ jobId, input, completion, method, logits }));
  }
  const request = { jobId, input, sampling, method, score: true, logits };
  return unwrap(await engine.rollout(request)).rollouts[0];
}

/** The same rollout scored with another picture for the teachers, or with what is said of whether they look. */
async function shownElse(
  engine: Comlink.Remote<EngineApi>,
  { question, answer, measure, method }: PageRequest,
  { looks, kind, wrongAnswers, image: given }: NonNullable<PageRequest['instead']>,
  trace: Trace,
  image: RgbaImage,
): Promise<Trace> {
  const input = { image, question, answer, measure };
  const mismatched = given === null ? blankPicture(image) : await imageOf(given);
  const ids = trace.tokens.map(({ id }) => id);
  const completion = { kind: 'ids', ids, sampling: trace.sampling } as const;
  if (!looks) {
    const overrides = perTeacher(() => ({ image: mismatched }));
    const request = { jobId: 'instead', input, completion, method, overrides };
    const scored = unwrap(await engine.score(request));
    return { ...scored.trace, instead: { picture: kind, of: 'all' } };
  }
  const { temperature } = method;
  const methods = bothMethods(method);
  const request = { input, methods, completion, wrongAnswers, mismatched, temperature };
  const found = unwrap(await engine.looks({ jobId: 'looks', ...request }));
  const { wrongAnswer, tokens, timings } = found;
  globalThis.say(`looks: ${timings.total.toFixed(0)} ms`);
  return { ...trace, looks: { methods, temperature, picture: kind, wrongAnswer, tokens } };
}

async function leakageOf(
  engine: Comlink.Remote<EngineApi>,
  { question, answer, measure, method, logitsUrl }: PageRequest,
  { wrongAnswers, k, picture, epsilon, mismatched }: NonNullable<PageRequest['leakage']>,
  trace: Trace,
  image: RgbaImage,
): Promise<{ leakage: TraceLeakage; logits: readonly LeakageLogits[] }> {
  const methods = bothMethods(method);
  const result = unwrap(
    await engine.leakage({
      jobId: 'leakage',
      input: { image, question, answer, measure },
      methods,
      completion: { kind: 'ids', ids: trace.tokens.map(({ id }) => id), sampling: trace.sampling },
      wrongAnswers,
      k,
      mismatched: mismatched === null ? blankPicture(image) : await imageOf(mismatched),
      logits: logitsUrl !== null,
    }),
  );
  const { tokens, wrongAnswers: used, unused, timings, logits = [] } = result;
  for (const { answer: left, reason } of unused)
    if (reason !== 'beyond') globalThis.say(`wrong answer “${left}” not used: ${reason}`);
  globalThis.say(`leakage: ${used.length} wrong answers, ${timings.total.toFixed(0)} ms`);
  return { leakage: { methods, wrongAnswers: [...used], picture, epsilon, tokens }, logits };
}

/** `student`, `teacher-NAME`, `teacher-NAME-wrong-1`, `teacher-NAME-picture`. */
function dumpOf(dump: LeakageLogits): [string, LogitsDump] {
  const { reader, shown } = dump;
  if (reader === 'student') return [reader, dump];
  if (shown === 'as it is') return [`teacher-${reader}`, dump];
  const suffix = shown === 'another picture' ? 'picture' : `wrong-${shown + 1}`;
  return [`teacher-${reader}-${suffix}`, dump];
}

async function imageOf(image: PageRequest['image']): Promise<RgbaImage> {
  const response = await fetch(image.url);
  if (image.kind === 'rgba') {
    const { width, height } = image;
    return { width, height, data: new Uint8ClampedArray(await response.arrayBuffer()) };
  }
  const { originalWidth, originalHeight, ...pixels } = await decodePicture(
    await response.blob(),
    image,
  );
  const { width, height } = pixels;
  if (width !== originalWidth || height !== originalHeight)
    globalThis.say(
      `${image.name}: ${originalWidth} × ${originalHeight} pixels, scaled down to ${width} × ${height}; see --megapixels`,
    );
  return pixels;
}

async function send({ logits, trace }: ScoredRollout, url: string): Promise<void> {
  if (logits === undefined) return;
  const dumps: [string, LogitsDump][] = [['student', logits.student]];
  for (const [name, dump] of Object.entries(logits.teachers)) dumps.push([`teacher-${name}`, dump]);
  await post(dumps, trace, url);
}

async function post(
  dumps: readonly [string, LogitsDump][],
  trace: Trace,
  url: string,
): Promise<void> {
  for (const [name, { tokens, vocab, data }] of dumps) {
    const query = new URLSearchParams({ name, vocab: String(vocab), rows: String(tokens.length) });
    if (name !== 'student') query.set('tokens', tokens.join());
    const response = await fetch(`${url}?${query}`, { method: 'POST', body: data });
    if (!response.ok) {
      const record: ErrorRecord = await response.json();
      throw new PlaygroundError(record);
    }
  }
  globalThis.say(`logits: ${dumps.length} files of ${trace.tokens.length} tokens`);
}

function workerDied(message: string): PlaygroundError {
  return new PlaygroundError({
    code: 'engine.worker-died',
    message: 'The engine worker ended before its work was done.',
    fix: 'Run the command again; a smaller picture or --backend wasm needs less memory.',
    where: 'engine',
    detail: { original: message },
  });
}
