/** Whether a person's own picture goes out with what is taken away. */

import styles from './WithPicture.module.css';

export interface WithPictureProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function WithPicture({ checked, onChange }: WithPictureProps) {
  return (
    <label className={styles.choice}>
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      with my picture in it
    </label>
  );
}
