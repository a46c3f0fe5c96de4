/** Who supervises which token: the one table that page, inspection and training share. */
import { PlaygroundError } from '../base/errors.ts';
import { SUPERVISION_RULES, WITHOUT } from './rules.ts';
import {
  type MethodConfig,
  type ParsedRollout,
  type RuleId,
  type SupervisionPlan,
  TEACHER_NAMES,
  type TokenSupervision,
} from './types.ts';

const RULES_IN_ORDER = Object.entries(SUPERVISION_RULES);

/**
 * The plan of one completion, `[tokens]` entries, padding included.
 * A switched-off teacher leaves its tokens without a teacher; nobody takes them over.
 * @throws PlaygroundError `method.validity-mismatch`, `method.reading-mismatch` or `method.opener-mismatch`
 * when the rollout was parsed by other rules.
 */
export function planSupervision(parsed: ParsedRollout, method: MethodConfig): SupervisionPlan {
  for (const rule of ['validity', 'reading', 'opener'] as const) {
    if (parsed[rule] === method[rule]) continue;
    throw new PlaygroundError({
      code: `method.${rule}-mismatch`,
      message: `The rollout was read with ${rule} ${parsed[rule]}, but the method asks for ${method[rule]}.`,
      fix: `Parse the rollout again with the ${rule} of the method.`,
      where: rule,
    });
  }
  // Tokens of one rule share what it says of them.
  const said = new Map<RuleId, TokenSupervision>();
  const assigned = parsed.segments.map((_, token) => {
    const rule = ruleOf(parsed, method, token);
    const known = said.get(rule) ?? supervise(rule, method);
    said.set(rule, known);
    return known;
  });
  const { boundaryClip } = method;
  const atBoundary = boundaryTokens(assigned);
  const tokens =
    boundaryClip.kind === 'none'
      ? assigned
      : assigned.map((token, i) =>
          atBoundary.includes(i) ? { ...token, boundaryCap: boundaryClip.value } : token,
        );
  return {
    method,
    valid: parsed.valid,
    tokens,
    teachersNeeded: TEACHER_NAMES.filter((name) => tokens.some(({ teacher }) => teacher === name)),
  };
}

/**
 * The tokens that a boundary clip bounds, in order: the last that the perception teacher supervises and the
 * first that the reasoning teacher does, as far as there are such.
 */
export function boundaryTokens(tokens: readonly Pick<TokenSupervision, 'teacher'>[]): number[] {
  const last = tokens.findLastIndex(({ teacher }) => teacher === 'perception');
  const first = tokens.findIndex(({ teacher }) => teacher === 'reasoning');
  return [last, first].filter((token) => token >= 0);
}

/** The largest loss that a token can have, nats: the smaller of its token clip and its boundary clip. */
export function tokenCap({ clip, boundaryCap }: Pick<TokenSupervision, 'clip' | 'boundaryCap'>) {
  const own = clip.kind === 'token' ? clip.value : Number.POSITIVE_INFINITY;
  return Math.min(own, boundaryCap ?? Number.POSITIVE_INFINITY);
}

/** A token's rule before the ablation switches. */
function ruleOf(parsed: ParsedRollout, method: MethodConfig, token: number): RuleId {
  const found = RULES_IN_ORDER.find(([, { applies }]) => applies(parsed, token, method));
  if (found === undefined) throw new Error(`no rule is for token ${token}`);
  return found[0];
}

function supervise(rule: RuleId, method: MethodConfig): TokenSupervision {
  const { teacher } = SUPERVISION_RULES[rule];
  const nobody = {
    teacher: null,
    divergence: null,
    weight: 0,
    clip: { kind: 'none' },
    boundaryCap: null,
  } as const;
  if (teacher === null) return { ...nobody, rule };
  if (!method.teachers[teacher]) return { ...nobody, rule: WITHOUT[teacher] };
  return {
    teacher,
    rule,
    divergence: method.divergence[teacher],
    weight: method.lambdas[teacher],
    clip: method.clip,
    boundaryCap: null,
  };
}
