/** A trace as long as an imported one may be, made of a recorded one: its description and reasoning repeat. */
import type { TokenTrace, Trace } from '../src/contract/trace/trace.ts';
import type { RolloutSpans } from '../src/method/types.ts';

type SpanName = keyof RolloutSpans;

/** The order in which the parts of a valid rollout follow each other. */
const PARTS: readonly SpanName[] = [
  'description',
  'descriptionClose',
  'thinkOpen',
  'reasoning',
  'thinkClose',
  'boxOpen',
  'answer',
  'boxClose',
  'trailing',
];

/** A valid trace of exactly `count` tokens; each keeps the figures it was recorded with, but whether teachers look is of the tokens that were. */
export function longTrace(trace: Trace, count: number): Trace {
  const missing = count - trace.tokens.length;
  const extra: Partial<Record<SpanName, number>> = {
    description: missing >> 1,
    reasoning: missing - (missing >> 1),
  };
  const tokens: TokenTrace[] = [];
  const spans: { [P in SpanName]?: { start: number; end: number } } = {};
  for (const name of PARTS) {
    const span = trace.spans[name];
    if (span === undefined) continue;
    const part = trace.tokens.slice(span.start, span.end);
    const start = tokens.length;
    const length = part.length + (extra[name] ?? 0);
    for (let i = 0; i < length; i++) tokens.push(part[i % part.length]);
    spans[name] = { start, end: tokens.length };
  }
  const text = tokens.map((token) => token.text).filter((one) => !one.startsWith('<|'));
  // Longer than any length limit: as if it had been typed.
  return {
    ...trace,
    looks: undefined,
    seed: null,
    sampling: null,
    spans,
    tokens,
    text: text.join(''),
  };
}
