/** The flags of `npm run inspect` for the method: a named method, and one flag for each of its settings. */
import { PlaygroundError } from '../../src/base/errors.ts';
import type { SettingField } from '../../src/contract/settings/fields.ts';
import { METHOD_FIELDS } from '../../src/contract/settings/method-fields.ts';
import { withMethodSettings } from '../../src/contract/settings/method-settings.ts';
import { NAMED_METHODS } from '../../src/method/named-methods.ts';
import type { MethodConfig } from '../../src/method/types.ts';
import { Flags } from '../flags.ts';

export const FLAGS = new Flags('inspect');

/** Flags that are not named as their setting is. */
const NAMES: Readonly<Record<string, string>> = {
  'method.temperature': 'distillation-temperature',
  'method.clip.kind': 'clip',
  'method.clip.value': 'clip-value',
  'method.boundaryClip.kind': 'boundary-clip',
  'method.boundaryClip.value': 'boundary-clip-value',
};

/** `method.teachers.reference` is --reference, `method.divergence.reference.beta` --reference-beta. */
function flagOf(path: string): string {
  const [, group, name, part] = path.split('.');
  if (NAMES[path] !== undefined) return NAMES[path];
  if (group === 'teachers') return name;
  if (group === 'lambdas') return `${name}-weight`;
  return group === 'divergence' ? `${name}-${part === 'kind' ? 'divergence' : part}` : group;
}

/** Flag by flag the setting that it sets. */
export const METHOD_FLAGS: ReadonlyMap<string, SettingField> = new Map(
  METHOD_FIELDS.map((field) => [flagOf(field.path), field]),
);

/** What stands for the value in the help. */
function placeholder(field: SettingField): string {
  switch (field.kind) {
    case 'flag':
      return 'on|off';
    case 'number':
      return 'X';
    default:
      return field.options.join('|');
  }
}

/** A line for each flag, as in the help. */
export const METHOD_USAGE = [
  `  --method NAME        ${NAMED_METHODS.map(({ id }) => id).join(', ')} (vigos)`,
  '  Each of these changes one setting of the method; --reading code brings the opener and the boundary clips:',
  ...[...METHOD_FLAGS].map(([flag, field]) => {
    const bounds = field.kind === 'number' ? ` (${field.min} to ${field.max})` : '';
    return `  --${flag} ${placeholder(field)}\n      ${field.sentence}${bounds}`;
  }),
].join('\n');

/**
 * The method of `--method` with the settings of the other flags.
 * Throws {@link PlaygroundError} `inspect.bad-argument` naming the flag.
 */
export function methodOf(
  name: string | undefined,
  values: Readonly<Record<string, string | undefined>>,
): MethodConfig {
  const id = FLAGS.oneOf(
    '--method',
    name ?? 'vigos',
    NAMED_METHODS.map((known) => known.id),
  );
  const [known] = NAMED_METHODS.filter((one) => one.id === id);
  const changes: Record<string, unknown> = {};
  for (const [flag, field] of METHOD_FLAGS) {
    const text = values[flag];
    if (text !== undefined) changes[field.path] = valueFrom(flag, field, text);
  }
  try {
    return withMethodSettings(known.method, changes);
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    const { where, message, fix } = error.record;
    const flag = [...METHOD_FLAGS].find(([, { path }]) => path === where)?.[0] ?? 'method';
    const kind = flagOf((where ?? '').replace(/\.(value|beta)$/, '.kind'));
    const idle = error.record.code === 'method.idle-setting';
    throw FLAGS.bad(
      `--${flag}`,
      idle ? `--${flag} would do nothing: there is no --${kind} that has one.` : message,
      idle ? `Give --${kind} too, or leave it out.` : fix,
    );
  }
}

function valueFrom(flag: string, field: SettingField, text: string): unknown {
  switch (field.kind) {
    case 'flag':
      if (text === 'on' || text === 'off') return text === 'on';
      throw FLAGS.bad(`--${flag}`, `--${flag} is "${text}".`, 'Give on or off.');
    case 'number': {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (value >= field.min && value <= field.max) return value;
      throw FLAGS.bad(
        `--${flag}`,
        `--${flag} is "${text}".`,
        `Give a number from ${field.min} to ${field.max}.`,
      );
    }
    default:
      return FLAGS.oneOf(`--${flag}`, text, field.options);
  }
}
