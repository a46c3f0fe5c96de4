/** The picture at a good size, or as the model is given it. */

import { useMemo, useState } from 'react';
import { WORLD_EDGE } from '../../../world/render.ts';
import { Choice } from '../../fields/Choice.tsx';
import { FileButton } from '../../shared/FileButton.tsx';
import { PixelCanvas } from '../../shared/PixelCanvas.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession, useSubject } from '../context.tsx';
import { readOwnPicture } from '../pictures/own-picture.ts';
import { type AbsentPicture, pictureOf, placeName } from '../state/subject.ts';
import styles from './PictureFrame.module.css';

const SHOWN_EDGE = 672;

type View = 'picture' | 'model';

const VIEWS = [
  { value: 'picture', label: 'Picture' },
  { value: 'model', label: 'Model’s view' },
] as const;

export function PictureFrame() {
  const { own, item, place, absent } = useSubject();
  const [view, setView] = useState<View>('picture');
  const picture = useMemo(
    () => pictureOf({ own, item }, view === 'model' ? WORLD_EDGE : SHOWN_EDGE),
    [own, item, view],
  );
  const seen = useLab(({ shown }) =>
    shown?.subject?.own === own ? (shown?.trace.prompts.student?.image ?? null) : null,
  );
  if (absent !== null) return <NoPicture absent={absent} />;
  const label = item === null ? `Your picture ${own?.name}` : item.description;
  const asModel = view === 'model' && own === null;
  return (
    <figure className={styles.figure}>
      <div className={styles.frame} data-view={asModel ? 'model' : 'picture'}>
        {picture !== null && (
          <PixelCanvas picture={picture} className={styles.canvas} label={label} />
        )}
      </div>
      <figcaption className={styles.caption}>
        {own === null ? (
          <>
            <Choice
              label="How the picture is shown"
              value={view}
              options={VIEWS}
              onChange={setView}
            />
            <p className={styles.fact}>
              {asModel ? (
                <Term id="modelView">16 visual tokens</Term>
              ) : (
                <Term id="picture">{place === null ? '' : placeName(place)}</Term>
              )}
            </p>
          </>
        ) : (
          seen !== null && (
            <p className={styles.fact}>
              <Term id="modelView">{seen.visualTokens} visual tokens</Term>
              {seen.officialTokens !== undefined &&
                `: scaled down from ${seen.officialTokens.toLocaleString('en')}, since attention over its patches has to fit into memory`}
            </p>
          )
        )}
      </figcaption>
    </figure>
  );
}

/** Nothing stands in for a picture that is not here. */
function NoPicture({ absent: { file, none } }: { absent: AbsentPicture }) {
  const session = useSession();
  return (
    <figure className={styles.figure}>
      <div className={`${styles.frame} ${styles.absent}`} data-testid="no-picture">
        <p>
          {none
            ? `The student of “${file}” was asked without a picture.`
            : file === null
              ? 'This address is of somebody’s own picture, which no address holds. Attach it, or choose a scene.'
              : `The picture of “${file}” is not in the file. Attach it, or choose a scene.`}
        </p>
        {!none && (
          <FileButton
            accept="image/*"
            label="Attach its picture"
            icon="image"
            onFile={(chosen) => void session.attachPicture((most) => readOwnPicture(chosen, most))}
          />
        )}
      </div>
    </figure>
  );
}
