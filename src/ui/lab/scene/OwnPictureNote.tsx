/** What happened to a person's own picture, and what the model can make of it. */

import { useSession } from '../context.tsx';
import type { OwnPicture } from '../pictures/own-picture.ts';
import styles from './OwnPictureNote.module.css';

export function OwnPictureNote({ own }: { own: OwnPicture }) {
  const session = useSession();
  const scaled = own.width !== own.originalWidth || own.height !== own.originalHeight;
  return (
    <div className={styles.note}>
      <p>
        <strong>{own.name}</strong>, {own.originalWidth} × {own.originalHeight} pixels
        {scaled &&
          `, scaled down to ${own.width} × ${own.height}: the official processor would see other pixels`}
        . It stays in this tab.
      </p>
      <p>
        The built-in model has only ever seen its tiny drawn world; it will describe your picture in
        that world’s words.
      </p>
      <button
        type="button"
        className="button"
        onClick={() => {
          const { split, index, usualShare, difficulty, seeing } =
            session.store.getState().settings;
          void session.choose({ split, index, usualShare, difficulty, seeing });
        }}
      >
        Back to the scenes
      </button>
    </div>
  );
}
