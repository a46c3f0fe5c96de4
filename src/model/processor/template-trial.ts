/** Tries a chat template that somebody brings where it can be ended: in a worker of its own, for a limited time. */

import { type ErrorRecord, PlaygroundError } from '../../base/errors.ts';
import { checkTemplate } from './chat.ts';
import { replyToTrial, type TrialReply } from './template-check.ts';

/** Time that a template may take for two prompts, ms. Qwen's own takes a few, and seconds where a machine is busy. */
const LIMIT_MS = 10_000;
/** Time for the worker itself to start, ms: it is fetched and compiled. */
const START_MS = 10_000;

/**
 * Throws {@link PlaygroundError} `chat.template-invalid` for a template that fails, drops the question or takes more
 * than {@link LIMIT_MS}, and the signal's reason when it is aborted. Without workers (a command) it is tried at once.
 */
export async function tryTemplate(template: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  // In Node only ONNX Runtime defines a Worker, for itself; a page or a worker has an address.
  if (typeof Worker === 'undefined' || typeof location === 'undefined')
    return checkTemplate(template);
  const worker = new Worker(new URL('../../../workers/template.worker.ts', import.meta.url), {
    type: 'module',
  });
  try {
    const error = await answerOf(worker, template, signal);
    if (error !== null) throw new PlaygroundError(error);
  } finally {
    worker.terminate();
  }
}

function answerOf(
  worker: Worker,
  template: string,
  signal?: AbortSignal,
): Promise<ErrorRecord | null> {
  return new Promise((resolve, reject) => {
    const here = () => resolve(checkedHere(template));
    let timer = setTimeout(here, START_MS);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    signal?.addEventListener('abort', () => settle(() => reject(signal.reason)), { once: true });
    worker.onerror = () => settle(here);
    worker.onmessage = ({ data }: MessageEvent<TrialReply>) => {
      if (data.kind === 'done') return settle(() => resolve(data.error));
      clearTimeout(timer);
      timer = setTimeout(() => reject(endless()), LIMIT_MS);
      worker.postMessage(template);
    };
  });
}

/** Where no worker can be had, the template is tried here: nothing could end it, but nothing is refused for it. */
function checkedHere(template: string): ErrorRecord | null {
  const answer = replyToTrial(template);
  return answer.kind === 'done' ? answer.error : null;
}

function endless(): PlaygroundError {
  return new PlaygroundError({
    code: 'chat.template-invalid',
    message: `The model's chat template was not done after ${LIMIT_MS / 1000} s with a short question, so it was ended.`,
    fix: "Take chat_template.jinja unchanged from the model's Hugging Face page.",
    where: 'chat_template.jinja',
    detail: { limitMs: LIMIT_MS },
  });
}
