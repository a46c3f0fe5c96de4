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
 * @throws PlaygroundError `method.validity-mismatch` when the rollout was parsed under the other rule.
 */
export function planSupervision(parsed: ParsedRollout, method: MethodConfig): SupervisionPlan {
  if (parsed.validity !== method.validity) {
    throw new PlaygroundError({
      code: 'method.validity-mismatch',
      message: `The rollout was read under the ${parsed.validity} rule, but the method asks for ${method.validity}.`,
      fix: 'Parse the rollout again with the validity of the method.',
      where: 'validity',
    });
  }
  const tokens = parsed.segments.map((_, token) =>
    supervise(assign(parsed, method, token), method),
  );
  return {
    method,
    valid: parsed.valid,
    tokens,
    teachersNeeded: TEACHER_NAMES.filter((name) => tokens.some(({ teacher }) => teacher === name)),
  };
}

function assign(parsed: ParsedRollout, method: MethodConfig, token: number): Assignment {
  if (token >= parsed.length) return { teacher: null, rule: 'padding' };
  if (method.name === 'opsd') return { teacher: 'privileged', rule: 'opsd.privileged' };
  if (!parsed.valid) return { teacher: 'reference', rule: 'vigos.invalid' };
  switch (parsed.segments[token]) {
    case 'description':
      return { teacher: 'perception', rule: 'vigos.description' };
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
  if (!thinkClose || token < thinkClose.start) return { teacher: null, rule: 'vigos.delimiter' };
  return method.reading === 'code'
    ? { teacher: 'reasoning', rule: 'vigos.delimiter.code' }
    : { teacher: null, rule: 'vigos.delimiter.paper' };
}

function supervise({ teacher, rule }: Assignment, method: MethodConfig): TokenSupervision {
  const clip = { kind: 'none' } as const;
  if (teacher === null) return { teacher, rule, divergence: null, weight: 0, clip };
  if (!method.teachers[teacher]) {
    return { teacher: null, rule: WITHOUT[teacher], divergence: null, weight: 0, clip };
  }
  return {
    teacher,
    rule,
    divergence: method.divergence[teacher],
    weight: method.lambdas[teacher],
    clip: method.clip,
  };
}
