/** Six scenes of a family to pick from, a shuffle, and a way to bring one's own picture. */

import { useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { Random } from '../../../base/random.ts';
import { worldItem } from '../../../world/split.ts';
import { Choice } from '../../fields/Choice.tsx';
import { FileButton } from '../../shared/FileButton.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { PixelCanvas } from '../../shared/PixelCanvas.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { NumberField } from '../controls/NumberField.tsx';
import { readOwnPicture } from '../pictures/own-picture.ts';
import { SETTINGS } from '../state/settings.ts';
import { currentItem, samePlace } from '../state/subject.ts';
import styles from './Gallery.module.css';
import { FAMILIES, type GalleryFamily, galleryPlaces, thumbnail } from './gallery.ts';

const OPTIONS = FAMILIES.map(({ family, label }) => ({ value: family, label }));

export function Gallery() {
  const session = useSession();
  const here = useLab(
    useShallow(({ settings: { split, index, usualShare, difficulty, seeing } }) => ({
      split,
      index,
      usualShare,
      difficulty,
      seeing,
    })),
  );
  const shuffle = useLab((s) => s.settings.shuffle);
  const elsewhere = useLab((s) => s.own !== null || s.absent !== null);
  const current = currentItem(here).family;
  const [family, setFamily] = useState<GalleryFamily>(current);
  // Going back in the history, or to a recording, leads to a scene that was not picked here.
  const [followed, setFollowed] = useState(current);
  if (followed !== current) {
    setFollowed(current);
    setFamily(current);
  }
  const places = useMemo(() => galleryPlaces(family, shuffle), [family, shuffle]);
  const hint = FAMILIES.find((entry) => entry.family === family)?.hint;

  return (
    <div className={styles.gallery}>
      <Choice label="Family of scenes" value={family} options={OPTIONS} onChange={setFamily} />
      <p className={styles.hint}>
        {family === 'prior' ? <Term id="prior">{hint}</Term> : <Term id="split">{hint}</Term>}
      </p>
      <ul className={styles.scenes} aria-label="Scenes to pick from">
        {places.map((place) => {
          const item = worldItem(place.split, place.index);
          const chosen = !elsewhere && samePlace(place, here);
          return (
            <li key={item.id}>
              <button
                type="button"
                className={styles.scene}
                aria-pressed={chosen}
                aria-label={`${item.question} ${item.description}`}
                onClick={() => void session.choose(place)}
              >
                <PixelCanvas picture={thumbnail(item)} className={styles.thumbnail} label="" />
              </button>
            </li>
          );
        })}
      </ul>
      <div className={styles.row}>
        <FileButton
          accept="image/*"
          label="Own picture"
          icon="image"
          onFile={(file) => void session.takePicture((most) => readOwnPicture(file, most))}
        />
        <button
          type="button"
          className="button"
          onClick={() => {
            const next = new Random(shuffle, 1).int(SETTINGS.shuffle.max);
            void session.change({ shuffle: next });
          }}
        >
          <Icon name="shuffle" />
          Shuffle
        </button>
      </div>
      <NumberField name="megapixels" inline />
    </div>
  );
}
