/** A person's own prompts for a model, in the browser's storage, by the model's name. */

import * as v from 'valibot';
import { type Wording, wordingSchema } from '../../../contract/trace/wording.ts';

const key = (model: string) => `prompts ${model}`;

/** What was kept for a model; nothing where there is none, or it cannot be read. */
export function keptWording(model: string): Wording {
  try {
    const found = v.safeParse(wordingSchema, JSON.parse(localStorage.getItem(key(model)) ?? '{}'));
    return found.success ? found.output : {};
  } catch {
    return {};
  }
}

/** Keeps them, or forgets them where there are none. Whether the browser let it. */
export function keepWording(model: string, wording: Wording): boolean {
  try {
    if (Object.keys(wording).length === 0) localStorage.removeItem(key(model));
    else localStorage.setItem(key(model), JSON.stringify(wording));
    return true;
  } catch {
    return false;
  }
}
