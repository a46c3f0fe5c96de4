/** A question that has to be answered before anything else; the browser's own dialogue, which styles nothing inline. */

import { type ReactNode, useEffect, useRef } from 'react';
import styles from './Confirm.module.css';

export interface ConfirmProps {
  open: boolean;
  title: string;
  children: ReactNode;
  /** Says no; the first to have the focus. */
  safe: { label: string };
  action: { label: string; run: () => void };
  onClose: () => void;
}

export function Confirm({ open, title, children, safe, action, onClose }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-label={title} onClose={onClose}>
      <h2 className={styles.title}>{title}</h2>
      <p>{children}</p>
      <div className={styles.answers}>
        <button type="button" className="button" onClick={onClose}>
          {safe.label}
        </button>
        <button
          type="button"
          className="button"
          data-kind="primary"
          onClick={() => {
            onClose();
            action.run();
          }}
        >
          {action.label}
        </button>
      </div>
    </dialog>
  );
}
