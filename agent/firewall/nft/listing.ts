// Pure: reads `nft list table` (nft 1.0.6 and later): the elements of each set, and all else as lines per block, to be
// held against what we put there. The text, not JSON: nft 1.0.6 writes flags of a table as broken JSON.

export interface Listing {
  /** `chain forward` -> its lines; `table` -> lines of the table itself. Elements are not among them. */
  blocks: Map<string, string[]>;
  /** Set or map -> key -> value ('' in a set). */
  elements: Map<string, Map<string, string>>;
}

const BLOCK = /^\t((?:chain|set|map) \S+) \{$/;
const ELEMENTS = 'elements = { ';
/** What somebody may have hung on an element; a key never holds these words. */
const COMMENT = / comment "[^"]*"/g;
const ATTRIBUTES = / (?:timeout|expires|counter) .*$/;

export function parseListing(text: string): Listing {
  const listing: Listing = { blocks: new Map([['table', []]]), elements: new Map() };
  let block = 'table';
  const lines = text.split('\n');
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const opened = BLOCK.exec(line)?.[1];
    const content = line.trim();
    if (opened) {
      block = opened;
      listing.blocks.set(block, []);
      if (!block.startsWith('chain ')) listing.elements.set(nameOf(block), new Map());
    } else if (line === '\t}') {
      block = 'table';
    } else if (content.startsWith(ELEMENTS)) {
      const parts = [content.slice(ELEMENTS.length)];
      while (!parts.at(-1)?.endsWith('}') && index + 1 < lines.length) parts.push(lines[++index]?.trim() ?? '');
      readElements(parts.join(' ').slice(0, -1), listing.elements.get(nameOf(block)));
    } else if (content !== '' && content !== '}') {
      listing.blocks.get(block)?.push(content);
    }
  }
  return listing;
}

function nameOf(block: string): string {
  return block.slice(block.indexOf(' ') + 1);
}

function readElements(text: string, into: Map<string, string> | undefined): void {
  for (const part of text.replaceAll(COMMENT, '').split(',')) {
    const element = part.trim().replace(ATTRIBUTES, '');
    if (element === '') continue;
    const colon = element.indexOf(' : ');
    if (colon === -1) into?.set(element, '');
    else into?.set(element.slice(0, colon), element.slice(colon + 3));
  }
}
