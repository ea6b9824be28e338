// Commands of a guide, for whoever runs them as written: the blocks of shell in one section. The first line of each is a comment that
// says where they are run.

export interface CommandBlock {
  place: string;
  text: string;
}

/** Throws where there is no such section, or a block does not say where it is run. */
export function blocksOf(guide: string, heading: string): CommandBlock[] {
  const [, section] = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(guide) ?? [];
  if (section === undefined) throw new Error(`there is no section “${heading}”`);
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => {
    const [, place, text] = /^# ([^\n]+)\n([\s\S]*)$/.exec(block) ?? [];
    if (place === undefined || text === undefined)
      throw new Error(`this block does not say where it is run:\n${block}`);
    return { place, text };
  });
}
