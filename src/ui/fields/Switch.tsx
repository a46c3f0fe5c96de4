/** On or off. */

import { Switch as Radix } from 'radix-ui';

export interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Id of the text that names it. */
  labelledBy: string;
  describedBy?: string | undefined;
  disabled?: boolean;
  title?: string | undefined;
}

export function Switch(props: SwitchProps) {
  const { checked, onChange, labelledBy, describedBy, disabled, title } = props;
  return (
    <Radix.Root
      className="switch"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      checked={checked}
      disabled={disabled}
      title={title}
      onCheckedChange={onChange}
    >
      <Radix.Thumb className="switch-thumb" />
    </Radix.Root>
  );
}
