/** Who supervises which token: the one table that page, inspection and training share. */
import { PlaygroundError } from '../base/errors.ts';
import {
  type MethodConfig,
  type ParsedRollout,
  type RuleId,
  type SupervisionPlan,
  TEACHER_NAMES,
  type TeacherName,
  type TokenSupervision,
} from './types.ts';

/** A token's teacher before the ablation switches, and the rule that says so. */
interface Assignment {
  readonly teacher: TeacherName | null;
  readonly rule: RuleId;
}

/** The rule of a token whose teacher is switched off. */
const WITHOUT: Readonly<Record<TeacherName, RuleId>> = {
  perception: 'ablation.without-perception',
  reasoning: 'ablation.without-reasoning',
  reference: 'ablation.without-reference',
  privileged: 'ablation.without-privileged',
};

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
  const assigned = parsed.segments.map((_, token) =>
    supervise(assign(parsed, method, token), method),
  );
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

function assign(parsed: ParsedRollout, method: MethodConfig, token: number): Assignment {
  if (token >= parsed.length) return { teacher: null, rule: 'padding' };
  if (method.name === 'opsd') return { teacher: 'privileged', rule: 'opsd.privileged' };
  if (!parsed.valid) return { teacher: 'reference', rule: 'vigos.invalid' };
  switch (parsed.segments[token]) {
    case 'description':
      return {
        teacher: 'perception',
        rule: token === parsed.openerToken ? 'vigos.opener' : 'vigos.description',
      };
    case 'reasoning':
      return { teacher: 'reasoning', rule: 'vigos.reasoning' };
    case 'answer':
      return { teacher: 'reasoning', rule: 'vigos.answer' };
    case 'trailing':
      return { teacher: null, rule: 'vigos.trailing' };
    case 'delimiter':
      return assignDelimiter(parsed, method, token);
  }
}

/** Up to `<think>` nobody; from `</think>` to the box's brace nobody in the paper, reasoning in the code. */
function assignDelimiter(parsed: ParsedRollout, method: MethodConfig, token: number): Assignment {
  const { thinkClose } = parsed.spans;
  if (token === parsed.openerToken) return { teacher: null, rule: 'vigos.opener.off' };
  if (!thinkClose || token < thinkClose.start) return { teacher: null, rule: 'vigos.delimiter' };
  return method.reading === 'code'
    ? { teacher: 'reasoning', rule: 'vigos.delimiter.code' }
    : { teacher: null, rule: 'vigos.delimiter.paper' };
}

function supervise({ teacher, rule }: Assignment, method: MethodConfig): TokenSupervision {
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
