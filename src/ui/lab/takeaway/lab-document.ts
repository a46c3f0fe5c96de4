/** The rollout on the page as a document of its own, for a file that leaves the page. */

import type { Reader } from '../../../method/sight.ts';
import type { EmbeddedDocument, EmbeddedRollout } from '../../embed/document.ts';
import { BACKEND_NAMES } from '../../shared/backends.ts';
import { PLAYGROUND } from '../../shared/citations.ts';
import { pngText } from '../../shared/png.ts';
import { cut } from '../../shared/visible-text.ts';
import { madeBy } from '../state/made-by.ts';
import { pictureFor } from '../state/perturbation.ts';
import type { Shown } from '../state/state.ts';
import { traceToSave } from '../state/trace-subject.ts';

export interface LabDocument {
  readonly shown: Shown;
  /** Index of the token in the panel; null for where the two disagree most. */
  readonly token: number | null;
  /** A person's own picture leaves the page only where they say so. */
  readonly withPicture: boolean;
  /** Address of the same view on the playground; null where none repeats it. */
  readonly address: string | null;
}

export async function labDocument(wish: LabDocument): Promise<EmbeddedDocument> {
  const { shown, address } = wish;
  const { trace } = shown;
  return {
    title: `${trace.method.name === 'vigos' ? 'ViGOS' : 'OPSD'} on “${cut(trace.input.question, 120)}”`,
    lead: [],
    tables: [],
    rollouts: [await labRollout(wish)],
    made: new Date().toISOString().slice(0, 10),
    address,
    cite: PLAYGROUND.line,
  };
}

async function labRollout({ shown, token, withPicture }: LabDocument): Promise<EmbeddedRollout> {
  const { trace, subject } = shown;
  const own = subject?.own ?? null;
  return {
    id: 'rollout',
    title: cut(trace.input.question, 120),
    origin: originOf(shown),
    // The picture stands beside it once, as pixels, whatever it is of.
    trace: { ...traceToSave(shown, null), picture: undefined },
    ...(own === null || withPicture ? await picturesOf(shown) : { pictures: [], sees: {} }),
    pictureLabel: subject?.item?.description ?? 'The picture',
    truth: subject?.trueAnswer ?? null,
    token,
  };
}

/** Whose figures they are: as the page says it. */
export function originOf(shown: Shown): string {
  const { trace, recorded, claim, file } = shown;
  const who = `${cut(trace.model.name, 80)} on ${BACKEND_NAMES[trace.backend]}`;
  const seed = trace.seed === null ? '' : `, seed ${trace.seed}`;
  if (claim !== null)
    return `Figures as the file ${cut(file ?? '', 80)} states them, of ${who}${seed}.`;
  if (recorded) return `Recorded: ${who}${seed} made this earlier.`;
  // Where nothing was trained it goes without saying who wrote it.
  const trained = shown.writer !== null || shown.student !== null;
  return `Computed by ${who}${seed}${trained ? `, ${madeBy(shown)}` : ''}.`;
}

/** What the student and every teacher that was asked saw. */
async function picturesOf({
  trace,
  subject,
  seen,
}: Shown): Promise<Pick<EmbeddedRollout, 'pictures' | 'sees'>> {
  const pictures: string[] = [];
  const sees: Partial<Record<Reader, number>> = {};
  for (const [role, prompt] of Object.entries(trace.prompts)) {
    if (subject === null || role === 'plain' || prompt === undefined || prompt.image === null)
      continue;
    const picture = pictureFor(subject, seen, role as Reader);
    if (picture === null) continue;
    const png = await pngText(picture);
    if (!pictures.includes(png)) pictures.push(png);
    sees[role as Reader] = pictures.indexOf(png);
  }
  return { pictures, sees };
}
