/** What computes and which model: why, how fast it was found to be, and the switches to others. */

import { Popover } from 'radix-ui';
import { useState } from 'react';
import { latePart } from '../../base/late-part.ts';
import { BACKEND_NAMES } from '../shared/backends.ts';
import { Coming } from '../shared/Coming.tsx';
import { Icon } from '../shared/Icon.tsx';
import { useLatePart } from '../shared/use-late-part.ts';
import { useEngineState } from './context.tsx';

/** Fetched by whoever opens it: the first screen is about a token. */
const panel = latePart('What the backend’s name opens', async () => ({
  Panel: (await import('./BackendPanel.tsx')).BackendPanel,
}));

export function BackendChip() {
  const [open, setOpen] = useState(false);
  const { phase, backend, model, recovering } = useEngineState((s) => s);
  const label =
    phase === 'failed'
      ? 'Engine stopped'
      : recovering
        ? 'GPU lost, recovering'
        : phase === 'loading' || backend === null
          ? 'Loading'
          : `${BACKEND_NAMES[backend.name]}${model?.marks.length ? ', incomplete model' : ''}`;
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        className="button"
        data-kind="quiet"
        aria-label={`Backend and model: ${label}`}
      >
        <Icon name="chip" />
        {label}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
          aria-label="Backend and model"
          sideOffset={6}
          collisionPadding={12}
        >
          <Content onLeave={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Content({ onLeave }: { onLeave: () => void }) {
  const { value, error } = useLatePart(panel, true);
  if (error !== null) return <p role="alert">{`${error.message} ${error.fix}`}</p>;
  return value === null ? <Coming what="it" /> : <value.Panel onLeave={onLeave} />;
}
