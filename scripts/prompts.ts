/** Prints a dialect's prompts (the built-in model's unless named) with `{question}` and `{answer}` left open, for tools in other languages. */

import { DIALECTS, PROMPT_CONTEXTS } from '../src/inference/dialects.ts';

const [name = 'short'] = process.argv.slice(2);
const dialect = Object.entries(DIALECTS).find(([own]) => own === name)?.[1];
if (dialect === undefined)
  throw new Error(`no dialect "${name}"; there are ${Object.keys(DIALECTS).join(', ')}`);
const table = Object.fromEntries(
  PROMPT_CONTEXTS.map((context) => {
    const { text, prefill } = dialect[context];
    return [context, { text, prefill }];
  }),
);
process.stdout.write(`${JSON.stringify(table, null, 2)}\n`);
