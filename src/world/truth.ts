/** Is a description of a scene true? What it says of names, colours, places and numbers, held to the scene itself. */

import { COLORS, KINDS, POSITIONS, type Scene } from './scene.ts';
import { noun } from './texts.ts';

/** Aspects of a description, each right or wrong; null where the scene has none or the description says none. */
export interface DescriptionTruth {
  /** Everything that is there is named as often as it is there, and nothing else is. */
  readonly names: boolean;
  readonly colors: boolean | null;
  readonly places: boolean | null;
  /** Points, leaves, coins, pips, bars and hours. */
  readonly counts: boolean | null;
  /** The property that decides a prior question is named rightly; null for other questions. */
  readonly decisive: boolean | null;
}

export const TRUTH_ASPECTS = ['names', 'colors', 'places', 'counts', 'decisive'] as const;

/** What a description or a scene says of one thing. */
interface Mention {
  readonly name: string;
  readonly color?: string | undefined;
  readonly place?: string | undefined;
  readonly count?: string | undefined;
}

const IN_FRONT = 'in front';
const COLOR = `(?<color>${COLORS.join('|')})`;
const SIZE = '(?:(?:small|large) )?';
const NOUNS = KINDS.map(noun);
const THING = new RegExp(
  `(?:${COLOR} )?\\b(?<name>${NOUNS.join('|')})s?\\b(?: with (?<count>\\d+) \\w+)?`,
  'g',
);
/** Longer places first: "top left" is not "top". */
const PLACES = [...POSITIONS].sort((a, b) => b.length - a.length);
const PLACE = new RegExp(`\\b(?:in front of|(?<place>${PLACES.join('|')}))\\b`);

/**
 * Holds a description to its scene. It is read by the world's own words in any order of things; numbers are digits.
 * What it leaves unsaid of a thing it names is not wrong. `decisivePhrase` is the prior item's, if it is one.
 */
export function descriptionTruth(
  description: string,
  scene: Scene,
  decisivePhrase?: string,
): DescriptionTruth {
  const text = description.toLowerCase().replace(/\s+/g, ' ').trim();
  const said = mentionsIn(text, scene.type);
  const there = mentionsOf(scene);
  const names = (mentions: readonly Mention[]) => mentions.map(({ name }) => name);
  const aspect = (of: (mention: Mention) => string | undefined): boolean | null => {
    const claims = (mentions: readonly Mention[]) =>
      mentions.flatMap((mention) => {
        const value = of(mention);
        return value === undefined ? [] : [`${mention.name} ${value}`];
      });
    const facts = claims(there);
    const claimed = claims(said);
    return facts.length === 0 || claimed.length === 0 ? null : isWithin(claimed, facts);
  };
  return {
    names: said.length === there.length && isWithin(names(said), names(there)),
    colors: aspect(({ color }) => color),
    places: aspect(({ place }) => place),
    counts: aspect(({ count }) => count),
    decisive: decisivePhrase === undefined ? null : text.includes(decisivePhrase),
  };
}

/**
 * Whether a description is right as a whole: for a prior question whether it names the property that decides it,
 * for any other whether everything is named and nothing said of it is wrong.
 */
export function isTrueDescription(truth: DescriptionTruth): boolean {
  const { names, colors, places, counts, decisive } = truth;
  if (decisive !== null) return decisive;
  return names && colors !== false && places !== false && counts !== false;
}

/** What there is to say of a scene, in the same form as what was said. */
function mentionsOf(scene: Scene): Mention[] {
  switch (scene.type) {
    case 'objects':
      return scene.objects.map(({ kind, color, cell, parts, inFrontOf }) => ({
        name: noun(kind),
        color,
        place: inFrontOf === undefined ? POSITIONS[cell] : IN_FRONT,
        ...(parts === undefined ? {} : { count: String(parts) }),
      }));
    case 'jar':
      return [{ name: 'jar', count: String(scene.coins) }];
    case 'dice':
      return scene.dice.map(({ color, value }) => ({
        name: 'die',
        color,
        count: `${color} ${value}`,
      }));
    case 'chart':
      return scene.bars.map(({ color, value }) => ({
        name: 'bar',
        color,
        count: `${color} ${value}`,
      }));
    case 'clock':
      return [{ name: 'clock', color: scene.color, count: String(scene.hour) }];
  }
}

function mentionsIn(text: string, type: Scene['type']): Mention[] {
  switch (type) {
    case 'objects':
      return thingsIn(text);
    case 'jar':
      return found(text, /\bjar\b(?:[^.]*?(?<count>\d+) (?:\w+ )?coins?)?/g, 'jar');
    case 'dice':
      return found(
        text,
        new RegExp(`(?:${COLOR} )?\\b(?:die|dice)\\b(?: \\w+)? ?(?<count>\\d+)?`, 'g'),
        'die',
        true,
      );
    case 'chart':
      return found(
        text,
        new RegExp(`${COLOR}(?: bar)?(?: \\w+)? ?(?<count>\\d+)`, 'g'),
        'bar',
        true,
      );
    case 'clock':
      return found(
        text,
        new RegExp(`(?:${COLOR} )?\\bclock\\b(?:[^.]*?(?<count>\\d+))?`, 'g'),
        'clock',
      );
  }
}

/** Things of a picture of objects; the place of each stands between it and the next one. */
function thingsIn(text: string): Mention[] {
  const things = [...text.replaceAll(new RegExp(`\\b${SIZE.trim()}`, 'g'), '').matchAll(THING)];
  return things.map((match, i) => {
    const { name, color, count } = match.groups as Record<string, string | undefined>;
    const source = match.input;
    const from = match.index + match[0].length;
    const rest = source.slice(from, things[i + 1]?.index ?? source.length);
    const place = PLACE.exec(rest);
    return {
      name: name ?? '',
      color,
      count,
      place: place === null ? undefined : (place.groups?.place ?? IN_FRONT),
    };
  });
}

/** Mentions of the one kind that such a picture holds; `named` puts the colour before the number. */
function found(text: string, pattern: RegExp, name: string, named = false): Mention[] {
  return [...text.matchAll(pattern)].map(({ groups = {} }) => {
    const { color, count } = groups as Record<string, string | undefined>;
    const number = named && count !== undefined ? `${color ?? ''} ${count}` : count;
    return { name, color, count: number };
  });
}

/** Whether each claim is one of the facts, and none is claimed more often than it is there. */
function isWithin(claims: readonly string[], facts: readonly string[]): boolean {
  const left = [...facts];
  return claims.every((claim) => {
    const at = left.indexOf(claim);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
