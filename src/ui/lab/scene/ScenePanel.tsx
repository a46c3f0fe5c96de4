/** The left column: the picture, where it comes from, and what is asked about it. */

import { useLab } from '../context.tsx';
import { PromptEditor } from '../controls/PromptEditor.tsx';
import { LabError } from '../LabError.tsx';
import { Gallery } from './Gallery.tsx';
import { OwnPictureNote } from './OwnPictureNote.tsx';
import { PictureFrame } from './PictureFrame.tsx';
import { QuestionForm } from './QuestionForm.tsx';
import styles from './ScenePanel.module.css';

export function ScenePanel() {
  const own = useLab((s) => s.own);
  const reading = useLab((s) => s.readingPicture);
  return (
    <section className={styles.panel} aria-labelledby="scene-heading">
      <h2 id="scene-heading" className="visually-hidden">
        Scene
      </h2>
      <PictureFrame />
      <p className={styles.reading} role="status">
        {reading && 'Reading your picture …'}
      </p>
      <LabError place="picture" />
      {own !== null && <OwnPictureNote own={own} />}
      <Gallery />
      <QuestionForm />
      <PromptEditor />
    </section>
  );
}
