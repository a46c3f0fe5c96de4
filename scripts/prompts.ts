/** Prints the prompt table with `{question}` and `{answer}` left open, for tools in other languages. */

import { PROMPT_CONTEXTS, promptFor } from '../src/inference/prompt-texts.ts';

const input = { question: '{question}', answer: '{answer}' };
const table = Object.fromEntries(PROMPT_CONTEXTS.map((name) => [name, promptFor(name, input)]));
process.stdout.write(`${JSON.stringify(table, null, 2)}\n`);
