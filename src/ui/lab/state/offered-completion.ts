/** What files hold, in the Lab: a completion, with its plan at once and its scores once model, picture and answer are there; or a question to be asked. */

import { PlaygroundError, toErrorRecord } from '../../../base/errors.ts';
import { MEGAPIXELS } from '../../../picture/size.ts';
import type { CompletionOffer, QuestionOffer } from '../../shared/offers.ts';
import { readOwnPicture } from '../pictures/own-picture.ts';
import { withMethod } from './method.ts';
import { withAbsentPicture, withError, withOwnPicture, withSettings } from './state.ts';
import type { LabStore } from './store.ts';

interface Lab {
  store: LabStore;
  wish: () => () => boolean;
  cancel: () => void;
  /** Scores what is typed. */
  begin: () => Promise<void>;
}

/** Teachers look at the picture that the student sees. */
const SAME_PICTURES = { teacherImage: 'same', imageOf: 'all' } as const;

export function offeredCompletions({ store, wish, cancel, begin }: Lab) {
  const { getState: get, setState: set } = store;
  return {
    async openCompletion(offer: CompletionOffer): Promise<void> {
      const stillWanted = wish();
      cancel();
      const own = await pictureOf(offer).catch((error: unknown) => toErrorRecord(error, 'picture'));
      if (!stillWanted()) return;
      set((s) => {
        const { pictureName, question, answer, text, method, token = null } = offer;
        const placed =
          own === null || 'code' in own
            ? withAbsentPicture(s, { file: pictureName, none: false })
            : withOwnPicture(s, own);
        const asked = {
          ...withMethod(placed.settings, method),
          question,
          answer,
          typed: text,
          token,
          count: 1,
          view: 'all',
          ...SAME_PICTURES,
        } as const;
        const next = withSettings(placed, asked);
        const bare = {
          ...next,
          offered: offer,
          shown: null,
          batch: [],
          live: null,
          unscored: null,
        };
        return own !== null && 'code' in own ? withError(bare, 'picture', own) : bare;
      });
      await begin();
    },
    /** A question of a set with its picture and reference; the person then runs. */
    async openQuestion({ picture, question, answer }: QuestionOffer): Promise<void> {
      const stillWanted = wish();
      cancel();
      const most = get().settings.megapixels * 1e6;
      const own = await (picture === null ? null : readOwnPicture(picture, most))?.catch(
        (error: unknown) => toErrorRecord(error, 'picture'),
      );
      if (!stillWanted()) return;
      set((s) => {
        if (own !== undefined && 'code' in own) return withError(s, 'picture', own);
        const placed =
          own === undefined
            ? withAbsentPicture(s, { file: null, none: true })
            : withOwnPicture(s, own);
        const fresh = { typed: null, token: null, view: 'all', ...SAME_PICTURES } as const;
        return withSettings(placed, { ...fresh, question, answer });
      });
    },
    /** The answer, or another thing, that a completion waited for is there; false where none waits. */
    async answered(): Promise<boolean> {
      const { offered, shown, settings } = get();
      if (offered === null || shown !== null || settings.typed === null) return false;
      await begin();
      return true;
    },
  };
}

async function pictureOf({ picture }: CompletionOffer) {
  if (picture === null) return null;
  if (picture.size === 0)
    throw new PlaygroundError({
      code: 'picture.empty',
      message: `${picture.name} is empty.`,
      fix: 'Choose the picture that the rollout is about.',
      where: picture.name,
    });
  return readOwnPicture(picture, MEGAPIXELS * 1e6);
}
