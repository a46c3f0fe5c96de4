import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STRICT, TAG_IDS, tokens } from './fixtures/completion.ts';
import { batchLoss, type LossRow } from './loss.ts';
import { VIGOS_CODE, VIGOS_PAPER } from './named-methods.ts';
import { parseRollout } from './rollout.ts';
import { planSupervision, tokenCap } from './supervision.ts';
import type { Clip, FormRules, MethodConfig, SupervisionPlan, TagIds } from './types.ts';

/** Worked out by `tools/fixtures/method.py`, which shares no code with this room. */
interface Fixture {
  readonly ways: readonly FormRules[];
  readonly clips: readonly { readonly clip: number | null; readonly boundary: number | null }[];
  /** Nats of token i, over and over. */
  readonly divergences: readonly number[];
  readonly cases: readonly {
    readonly tokens: readonly string[];
    readonly lanes: readonly string[];
    /** [ways], the lane of each. */
    readonly ways: readonly number[];
    /** [lanes][clips] */
    readonly losses: readonly (readonly number[])[];
  }[];
  /** [ways][clips], of all cases as one batch. */
  readonly batch: readonly (readonly number[])[];
}

const url = new URL('fixtures/plans.json', import.meta.url);
const { ways, clips, divergences, cases, batch }: Fixture = JSON.parse(readFileSync(url, 'utf8'));

const capped = (value: number | null) =>
  value === null ? ({ kind: 'none' } as const) : ({ kind: 'token', value } as const);
const LETTER = { perception: 'P', reasoning: 'R', reference: 'F', privileged: 'O' } as const;

function planOf(texts: readonly string[], method: MethodConfig, tagIds: TagIds): SupervisionPlan {
  const { ids } = tokens(...texts);
  return planSupervision(parseRollout(ids, texts, { ...STRICT, ...method, tagIds }), method);
}

const laneOf = (plan: SupervisionPlan) =>
  plan.tokens.map(({ teacher }) => (teacher === null ? '.' : LETTER[teacher])).join('');

function lossRow(plan: SupervisionPlan): LossRow {
  const losses = plan.tokens.map((token, i) =>
    Math.min(divergences[i % divergences.length], tokenCap(token)),
  );
  return { plan, losses };
}

describe('plans and losses of completions, as they follow from the method', () => {
  it('are of at least 200 completions, in every reading', () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
    expect(ways).toHaveLength(8);
    for (const letter of 'PRF.')
      expect(cases.some(({ lanes }) => lanes[0].includes(letter))).toBe(true);
  });

  it.each(ways.map((way, index) => ({ ...way, index })))(
    'hold for reading $reading, $validity, opener $opener',
    ({ index, ...way }) => {
      const rows = clips.map((): LossRow[] => []);
      for (const { tokens: texts, lanes, ways: laneOfWay, losses } of cases) {
        const lane = laneOfWay[index];
        clips.forEach(({ clip, boundary }, c) => {
          const bounds: { clip: Clip; boundaryClip: MethodConfig['boundaryClip'] } = {
            clip: capped(clip),
            boundaryClip: capped(boundary),
          };
          const method = { ...VIGOS_PAPER, ...way, ...bounds };
          const plan = planOf(texts, method, TAG_IDS);
          const name = JSON.stringify(texts);
          expect(laneOf(plan), name).toBe(lanes[lane]);
          if (c === 0) expect(laneOf(planOf(texts, method, {})), name).toBe(lanes[lane]);
          const row = lossRow(plan);
          expect(batchLoss([row]).total, name).toBeCloseTo(losses[lane][c], 8);
          rows[c].push(row);
        });
      }
      const totals = rows.map((own) => batchLoss(own).total);
      for (const [c, total] of totals.entries()) expect(total).toBeCloseTo(batch[index][c], 8);
      // Boundary clips bind without the token clip, and here with it too, since they are smaller.
      expect(totals[2]).toBeLessThan(totals[0]);
      expect(totals[3]).toBeLessThan(totals[1]);
    },
  );

  it('boundary clips as large as the token clip change nothing', () => {
    const total = (boundaryClip: MethodConfig['boundaryClip']) =>
      batchLoss(
        cases.map(({ tokens: texts }) =>
          lossRow(planOf(texts, { ...VIGOS_CODE, boundaryClip }, TAG_IDS)),
        ),
      ).total;
    expect(total({ kind: 'token', value: 0.05 })).toBe(total({ kind: 'none' }));
  });
});
