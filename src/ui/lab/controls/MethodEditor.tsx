/** Every setting of the method behind one button, beside the named method that it starts from. */

import { Popover } from 'radix-ui';
import { useId } from 'react';
import { nearestMethod } from '../../../contract/settings/nearest-method.ts';
import { NAMED_METHODS, withReading } from '../../../method/named-methods.ts';
import { Select } from '../../fields/Select.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { TeacherBadge } from '../../shared/TeacherBadge.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { withMethod } from '../state/method.ts';
import { differsFromNamed, type MethodGroup, methodGroups } from '../state/method-form.ts';
import styles from './MethodEditor.module.css';
import { MethodField } from './MethodField.tsx';

export function MethodEditor() {
  const method = useLab((s) => s.settings.method);
  const count = differsFromNamed(method).length;
  return (
    <Popover.Root>
      <Popover.Trigger
        className="button"
        data-shape={count === 0 ? 'square' : undefined}
        aria-label={`Settings of the loss${count === 0 ? '' : `, ${count} changed`}`}
        title="Settings of the loss"
      >
        <Icon name="sliders" />
        {count > 0 && count}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={`popover ${styles.editor}`}
          aria-label="Settings of the loss"
          sideOffset={6}
          collisionPadding={12}
        >
          <NamedMethodChoice />
          <div className={styles.groups}>
            {methodGroups(method).map((group) => (
              <Group key={group.teacher ?? 'all'} group={group} />
            ))}
          </div>
          <p className={styles.note}>Each change scores the rollout on the page again.</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

const METHOD_OPTIONS = NAMED_METHODS.map(({ id, label }) => ({ value: id, label }));

function NamedMethodChoice() {
  const session = useSession();
  const settings = useLab((s) => s.settings);
  const { named, changes } = nearestMethod(settings.method);
  const id = useId();
  const take = (wanted: string) => {
    const found = NAMED_METHODS.find((one) => one.id === wanted);
    if (found !== undefined) void session.change(withMethod(settings, found.method));
  };
  return (
    <div className={styles.named}>
      <span id={id} className={styles.label}>
        <Term id="method">Starts from</Term>
      </span>
      <Select
        look="bar"
        labelledBy={id}
        describedBy={`${id}-text`}
        value={named.id}
        options={METHOD_OPTIONS}
        onChange={take}
      />
      <button
        type="button"
        className="button"
        disabled={Object.keys(changes).length === 0}
        onClick={() => take(named.id)}
      >
        Back to it
      </button>
      <p id={`${id}-text`} className={styles.note}>
        {named.description}
      </p>
    </div>
  );
}

function Group({ group: { teacher, fields } }: { group: MethodGroup }) {
  const id = useId();
  return (
    <fieldset className={styles.group} aria-labelledby={id}>
      <div id={id} className={styles.heading}>
        {teacher === null ? 'All tokens' : <TeacherBadge teacher={teacher} />}
      </div>
      {fields.map((field) => (
        <MethodField key={field.path} field={field} />
      ))}
    </fieldset>
  );
}

/** Most lines that stand on the page; the form has all. */
const MOST_LINES = 4;

/** What the method has otherwise than the named method that comes nearest; nothing where it is that one. */
export function MethodDiffers() {
  const session = useSession();
  const settings = useLab((s) => s.settings);
  const { method } = settings;
  const lines = differsFromNamed(method);
  if (lines.length === 0) return null;
  const { named } = nearestMethod(method);
  const words = lines
    .slice(0, MOST_LINES)
    .map((line) => `${line[0]?.toLowerCase()}${line.slice(1)}`);
  const more = lines.length - words.length;
  return (
    <p className={styles.differs} data-testid="method-differs">
      <strong>{named.label}</strong>, but {words.join('; ')}
      {more > 0 && `; and ${more} more`}.{' '}
      <button
        type="button"
        className={styles.back}
        onClick={() => {
          const { reading, validity } = method;
          const published = { ...withReading(named.method, reading), validity };
          void session.change(withMethod(settings, published));
        }}
      >
        Back to it
      </button>
    </p>
  );
}
