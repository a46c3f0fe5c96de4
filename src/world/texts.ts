/** How scenes are said: nouns, noun phrases and the reference description of a whole picture. */

import {
  type Kind,
  type ObjectsScene,
  type PartedThing,
  POSITIONS,
  type Scene,
  type SceneObject,
  USUAL_PARTS,
} from './scene.ts';

/** The noun of a kind in texts. */
export function noun(kind: Kind): string {
  return kind === 'grapes' ? 'grape' : kind;
}

export function withArticle(phrase: string): string {
  return `${/^[aeiou]/.test(phrase) ? 'an' : 'a'} ${phrase}`;
}

/** "5 points", "1 leaf", "3 leaves". */
export function partsPhrase(kind: PartedThing, n: number): string {
  const { part } = USUAL_PARTS[kind];
  if (n === 1) return `1 ${part}`;
  return `${n} ${part === 'leaf' ? 'leaves' : `${part}s`}`;
}

/** "at the top left", "in the center". */
export function positionPhrase(cell: number): string {
  return cell === 4 ? 'in the center' : `at the ${POSITIONS[cell]}`;
}

/** "a large yellow star with 5 points". */
export function objectPhrase(object: SceneObject): string {
  const phrase = withArticle(`${object.size} ${object.color} ${noun(object.kind)}`);
  if (object.parts === undefined) return phrase;
  return `${phrase} with ${partsPhrase(object.kind as PartedThing, object.parts)}`;
}

function describeObjects(scene: ObjectsScene): string {
  return scene.objects
    .map((object) =>
      object.inFrontOf === undefined
        ? `${objectPhrase(object)} ${positionPhrase(object.cell)}`
        : `${objectPhrase(object)} in front of it`,
    )
    .join(', ');
}

/** The reference description: everything in the picture, in reading order. */
export function describeScene(scene: Scene): string {
  const text = (() => {
    switch (scene.type) {
      case 'objects':
        return describeObjects(scene);
      case 'jar':
        return `a jar with ${scene.coins} ${scene.coins === 1 ? 'coin' : 'coins'}`;
      case 'dice':
        return scene.dice
          .map((die) => `${withArticle(die.color)} die showing ${die.value}`)
          .join(', ');
      case 'chart':
        return `a bar chart with ${scene.bars.map((bar) => `${bar.color} ${bar.value}`).join(', ')}`;
      case 'clock':
        return `${withArticle(scene.color)} clock showing ${scene.hour}`;
    }
  })();
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}
