/** A button that opens the file picker and hands over one file, or several. */

import { useRef } from 'react';
import { Icon, type IconName } from './Icon.tsx';

export type FileButtonProps = {
  accept: string;
  label: string;
  icon: IconName;
} & ({ onFile: (file: File) => void } | { onFiles: (files: readonly File[]) => void });

export function FileButton(props: FileButtonProps) {
  const { accept, label, icon } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple={'onFiles' in props}
        hidden
        aria-label={label}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file can be chosen again after it was mended.
          event.target.value = '';
          if ('onFiles' in props) props.onFiles(files);
          else if (files.length > 0) props.onFile(files[0]);
        }}
      />
      <button type="button" className="button" onClick={() => input.current?.click()}>
        <Icon name={icon} />
        {label}
      </button>
    </>
  );
}
