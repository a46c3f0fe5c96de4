/** What the worker that tries a chat template does and says. */

import { type ErrorRecord, toErrorRecord } from '../../base/errors.ts';
import { checkTemplate } from './chat.ts';

/** What the trial's worker says: that it runs, then what became of the template. */
export type TrialReply =
  | { readonly kind: 'started' }
  | { readonly kind: 'done'; readonly error: ErrorRecord | null };

/** The answer about one template; never throws. */
export function replyToTrial(template: string): TrialReply {
  try {
    checkTemplate(template);
    return { kind: 'done', error: null };
  } catch (error) {
    return { kind: 'done', error: toErrorRecord(error, 'chat_template.jinja') };
  }
}
