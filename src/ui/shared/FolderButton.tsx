/** A button that opens the folder picker and hands over everything in the folder. */

import { useRef } from 'react';
import { Icon } from './Icon.tsx';

export interface PickedFolder {
  name: string;
  files: { path: string; file: File }[];
}

export interface FolderButtonProps {
  label: string;
  disabled: boolean;
  onFolder: (folder: PickedFolder) => void;
}

/** Files of a folder picker by their path below the folder; the folder's own name stands before each path. */
export function pickedFolder(files: Iterable<File>): PickedFolder {
  const picked = [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const name = picked[0]?.path.split('/')[0] ?? '';
  return { name, files: picked };
}

export function FolderButton({ label, disabled, onFolder }: FolderButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={(element) => {
          input.current = element;
          if (element !== null) element.webkitdirectory = true;
        }}
        type="file"
        multiple
        hidden
        aria-label={label}
        onChange={(event) => {
          const folder = pickedFolder(event.target.files ?? []);
          event.target.value = '';
          if (folder.files.length > 0) onFolder(folder);
        }}
      />
      <button
        type="button"
        className="button"
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        <Icon name="upload" />
        {label}
      </button>
    </>
  );
}
