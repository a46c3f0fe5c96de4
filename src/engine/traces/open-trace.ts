/** Opens a trace from a file, and says what is known of it beyond its own words. */

import { PlaygroundError } from '../../base/errors.ts';
import { sealOf } from '../../base/seal.ts';
import type { OpenedTrace, Trace } from '../../contract/trace/trace.ts';
import type { ModelAssets } from '../../model/assets.ts';
import { sha256 } from '../../training/fingerprint.ts';
import { contradiction, parseTrace } from './trace-file.ts';
import { readingFaultUnder } from './trace-reading.ts';

/**
 * Throws what `parseTrace` throws, `trace.changed` where the file's own checksum is not its content's, and
 * `trace.contradiction` where it names the loaded model and its ids have other texts there.
 */
export async function openTrace(
  text: string,
  model: Pick<ModelAssets, 'name' | 'config' | 'tokenizer' | 'specialIds' | 'tagIds'> | null,
): Promise<OpenedTrace> {
  const trace = parseTrace(text);
  const seal = await sealOf(JSON.parse(text), sha256).catch(() => 'broken');
  if (seal === 'broken') throw changed();
  return {
    trace,
    sealed: seal === 'whole',
    tokensKnown: model === null ? null : knownTokens(trace, model),
  };
}

type Known = NonNullable<Parameters<typeof openTrace>[1]>;

function knownTokens(trace: Trace, model: Known): boolean {
  const { name, vocabSize } = trace.model;
  if (vocabSize !== model.config.text.vocabSize) return false;
  const other = otherText(trace, model);
  if (other === null) {
    const { tokenizer, specialIds, tagIds } = model;
    const fault = readingFaultUnder(trace, { eosIds: tokenizer.eosIds, specialIds, tagIds });
    if (fault !== null) throw contradiction(fault);
    return true;
  }
  if (name === model.name) throw contradiction(other);
  return false;
}

/** The first token or entry of a list that has another text in the loaded model. */
function otherText({ tokens }: Trace, { tokenizer }: Known) {
  const texts = tokenizer.tokenTexts(tokens.map(({ id }) => id));
  for (const [i, { text, studentTop, teacherTop }] of tokens.entries()) {
    const field = `tokens.${i}`;
    if (text !== texts[i])
      return { field: `${field}.text`, expected: `“${texts[i]}”`, found: `“${text}”` };
    for (const [list, entries] of Object.entries({ studentTop, teacherTop: teacherTop ?? [] })) {
      const at = entries.findIndex(({ id, text: own }) => own !== tokenizer.tokenText(id));
      if (at < 0) continue;
      const expected = `“${tokenizer.tokenText(entries[at].id)}”`;
      return { field: `${field}.${list}.${at}.text`, expected, found: `“${entries[at].text}”` };
    }
  }
  return null;
}

function changed(): PlaygroundError {
  return new PlaygroundError({
    code: 'trace.changed',
    message:
      'This trace was changed after it was written: its checksum is not that of its content.',
    fix: 'Export it again; if you changed it on purpose, remove its checksum, and it opens as unverified.',
    where: 'checksum',
  });
}
