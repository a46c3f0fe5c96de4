/** A button that opens the file picker and hands over one file. */

import { useRef } from 'react';
import { Icon, type IconName } from './Icon.tsx';

export interface FileButtonProps {
  accept: string;
  label: string;
  icon: IconName;
  onFile: (file: File) => void;
}

export function FileButton({ accept, label, icon, onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={label}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file can be chosen again after it was mended.
          event.target.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
      <button type="button" className="button" onClick={() => input.current?.click()}>
        <Icon name={icon} />
        {label}
      </button>
    </>
  );
}
