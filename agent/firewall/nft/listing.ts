// Pure: parses nft's listing of our table (nft 1.0.6 and later), to compare it with what we installed. JSON for the elements and
// to detect other changes; text only to describe the differences.

export interface Listing {
  /** All but the elements (and the kernel's numbers), as one text to compare; null when nft wrote no JSON. */
  skeleton: string | null;
  /** Set or map -> key -> value ('' in a set), as one would write them in a command. */
  elements: Map<string, Map<string, string>>;
}

type Part =
  | string
  | number
  | { prefix: { addr: string; len: number } }
  | { range: [Part, Part] }
  | { concat: Part[] }
  /** With a comment or a time-out. */
  | { elem: { val: Part } };

interface ListedSet {
  name: string;
  type: string | string[];
  map?: string;
  elem?: (Part | [Part, Part])[];
}

/** Protocols are numbers (`nft -p`): nft 1.0.6 looks names up in a file, once for each element. */
const PROTOCOLS = new Map<Part, string>([
  [6, 'tcp'],
  [17, 'udp'],
]);

/** Of `nft -j -p list table`. */
export function parseListing(json: string): Listing {
  const listing: Listing = { skeleton: null, elements: new Map() };
  let objects: Record<string, unknown>[];
  try {
    objects = (JSON.parse(json) as { nftables: Record<string, unknown>[] }).nftables;
  } catch {
    // nft 1.0.6 breaks off where it should name the flags of a table: somebody set one, we set none.
    return listing;
  }
  const skeleton: unknown[] = [];
  for (const object of objects) {
    const set = (object['set'] ?? object['map']) as ListedSet | undefined;
    if (set) listing.elements.set(set.name, elementsOf(set));
    for (const [kind, content] of Object.entries(object)) {
      if (kind !== 'metainfo') skeleton.push([kind, { ...(content as object), handle: 0, elem: [] }]);
    }
  }
  return { ...listing, skeleton: JSON.stringify(skeleton) };
}

function elementsOf({ type, map, elem = [] }: ListedSet): Map<string, string> {
  const types = typeof type === 'string' ? [type] : type;
  const valueTypes = map?.split(' . ') ?? [];
  return new Map(
    elem.map((element) => {
      const [key, value] = Array.isArray(element) ? element : [element, undefined];
      return [partText(key, types), value === undefined ? '' : partText(value, valueTypes)];
    }),
  );
}

function partText(part: Part, types: readonly string[]): string {
  if (typeof part === 'object') {
    if ('elem' in part) return partText(part.elem.val, types);
    if ('concat' in part) return part.concat.map((one, index) => partText(one, types.slice(index))).join(' . ');
    if ('prefix' in part) return `${part.prefix.addr}/${part.prefix.len}`;
    return part.range.map((one) => partText(one, types)).join('-');
  }
  if (types[0] === 'ifname') return `"${part}"`;
  return types[0] === 'inet_proto' ? (PROTOCOLS.get(part) ?? `${part}`) : `${part}`;
}

const BLOCK = /^\t((?:chain|set|map) \S+) \{$/;

/** Of `nft -t list table`: `chain forward` -> its lines; `table` -> lines of the table itself. */
export function parseBlocks(text: string): Map<string, string[]> {
  const blocks = new Map<string, string[]>([['table', []]]);
  let block = 'table';
  for (const line of text.split('\n').slice(1)) {
    const opened = BLOCK.exec(line)?.[1];
    const content = line.trim();
    if (opened) {
      block = opened;
      blocks.set(block, []);
    } else if (line === '\t}') {
      block = 'table';
    } else if (content !== '' && content !== '}') {
      blocks.get(block)?.push(content);
    }
  }
  return blocks;
}
