// Reads the little of XML that OVF descriptors use: elements, attributes and text, without namespaces. Refuses document type
// definitions, so no entity can grow or name a file.

export interface XmlElement {
  /** Without its prefix. */
  name: string;
  /** By name without prefix. */
  attributes: Map<string, string>;
  children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 64;
// No part but comments and CDATA runs past the next `<`, and a name ends where names end: no text makes it slow.
const TOKEN =
  /<!--[\s\S]*?-->|<\?[^<]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!|<(\/?)([^\s/<>?!"']+)(?=[\s/>])((?:[^<>"']|"[^<"]*"|'[^<']*')*?)(\/?)>|([^<]+)/g;
/** Begins after a blank only: else each letter of a long word would be tried as a beginning. */
const ATTRIBUTE = /(?<!\S)([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Rejects with an Error for what it does not understand. */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [root];
  for (const [token, cdata, closing, name, attributes, empty, text] of source.matchAll(TOKEN)) {
    const current = open.at(-1) ?? root;
    if (token === '<!') throw new Error('it has a document type definition');
    if (cdata !== undefined) current.text += cdata;
    else if (text !== undefined) current.text += unescaped(text);
    else if (name !== undefined && closing === '/') {
      if (current.name !== local(name)) throw new Error(`<${current.name}> is closed by </${local(name)}>`);
      open.pop();
    } else if (name !== undefined) {
      const element = { name: local(name), attributes: attributesOf(attributes ?? ''), children: [], text: '' };
      current.children.push(element);
      if (empty !== '/') open.push(element);
      if (open.length > MAX_DEPTH) throw new Error('it is nested too deeply');
    }
  }
  const [top] = root.children;
  if (!top || open.length !== 1) throw new Error('it is not whole');
  return top;
}

/** All elements of that name below, at any depth, in order. */
export function findAll(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)]);
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [
      local(name),
      unescaped(double ?? single ?? ''),
    ]),
  );
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, word: string | undefined) => {
    if (word !== undefined) return named[word] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
