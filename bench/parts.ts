// Which sections of `npm run bench` run, and which parts of them: `instants` runs all of it but what runs only by name,
// `instants env-pause` that part alone.
import type { Section } from './section.ts';

type Named = Pick<Section, 'name' | 'parts' | 'partsByName'>;

export interface Choice<S extends Named = Section> {
  section: S;
  wants: (part: string) => boolean;
}

/** `names`: of sections and parts, in any order; none: all sections. `known` is for people whose `unknown` is not empty. */
export function chooseParts<S extends Named>(
  sections: readonly S[],
  names: readonly string[],
): { choices: Choice<S>[]; unknown: string[]; known: string[] } {
  const named = sections.filter(({ name }) => names.includes(name));
  const taken = named.length > 0 ? named : sections;
  const known = sections.map((section) => [section.name, ...partsOf(section)].join(' '));
  const isKnown = (name: string) => named.some((section) => section.name === name || partsOf(section).includes(name));
  return {
    choices: taken.map((section) => ({ section, wants: wantsOf(section, names) })),
    unknown: names.filter((name) => !isKnown(name)),
    known,
  };
}

function wantsOf(section: Named, names: readonly string[]): (part: string) => boolean {
  const parts = partsOf(section).filter((part) => names.includes(part));
  if (parts.length > 0) return (part) => parts.includes(part);
  return (part) => !section.partsByName?.includes(part);
}

function partsOf({ parts = [], partsByName = [] }: Named): string[] {
  return [...parts, ...partsByName];
}
