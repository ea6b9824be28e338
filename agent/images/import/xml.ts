// Parses the subset of XML that OVF descriptors use: elements, attributes and text, without namespaces. Uses htmlparser2: a
// tokenizer that looks at each character once and knows no entities but the five of XML and numeric ones. Document type
// definitions are refused, so no entity can expand or name a file.
import { type Handler, Parser, type ParserOptions } from 'htmlparser2';

export interface XmlElement {
  /** Without its prefix. */
  name: string;
  /** By name without prefix. */
  attributes: Map<string, string>;
  children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 100_000;

/** Throws an Error for what it does not understand. */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [root];
  const current = () => open.at(-1) ?? root;
  let count = 0;
  let attributes = new Map<string, string>();
  const parser = new StrictParser(
    {
      onprocessinginstruction(name) {
        if (name.startsWith('!')) throw new Error('it has a document type definition');
      },
      onattribute(name, value, quote) {
        // Without quotes it is no attribute of XML.
        if (quote) attributes.set(local(name), value);
      },
      onopentag(name) {
        count += 1;
        if (count > MAX_ELEMENTS) throw new Error('it has too many elements');
        const element = { name: local(name), attributes, children: [], text: '' };
        attributes = new Map();
        current().children.push(element);
        open.push(element);
        if (open.length > MAX_DEPTH) throw new Error('it is nested too deeply');
      },
      onclosetag(name, isImplied) {
        if (isImplied && !selfClosed()) throw new Error(`<${local(name)}> is not closed`);
        open.pop();
      },
      ontext(text) {
        current().text += text;
      },
    },
    { xmlMode: true },
  );
  /** The parser calls both implied; only a tag that closes itself is the one being read. */
  const selfClosed = () => /^<[^/][\s\S]*\/>$/.test(source.slice(parser.startIndex, parser.endIndex + 1));
  parser.end(source);
  const [top] = root.children;
  if (!top) throw new Error('it is not whole');
  return top;
}

/** The parser passes over a closing tag that closes nothing. */
class StrictParser extends Parser {
  #closed = false;

  constructor(handler: Partial<Handler>, options: ParserOptions) {
    super(
      {
        ...handler,
        onclosetag: (name, isImplied) => {
          this.#closed = true;
          handler.onclosetag?.(name, isImplied);
        },
      },
      options,
    );
  }

  override onclosetag(start: number, endIndex: number): void {
    this.#closed = false;
    super.onclosetag(start, endIndex);
    if (!this.#closed) throw new Error('a tag is closed that is not open');
  }
}

/** All elements of that name below, at any depth, in order. */
export function findAll(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)]);
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
