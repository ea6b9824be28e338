// The names of an ENV's machines, for guests on a switch (DNS: RFC 1035). Only what belongs to the ENV is answered here; all other
// names go the way out of the guest that asks. Pure.

export const DNS_PORT = 53;

export interface EnvNames {
  /** e.g. `shop.tt`. */
  domain: string;
  /** Addresses by name: DNS labels in lower case. */
  addresses: ReadonlyMap<string, number>;
  /** Whether an address is of the ENV's block. */
  isOwn(address: number): boolean;
  /** True: names of others are refused, as nobody could be asked. */
  isFenced: boolean;
}

const HEADER_BYTES = 12;
const LONGEST_LABEL = 63;
const LONGEST_NAME = 253;
const CLASS_IN = 1;
const type = { address: 1, pointer: 12, any: 255 } as const;
const code = { fine: 0, noSuchName: 3, refused: 5 } as const;
/** An answer, authoritative, recursion available. */
const ANSWER_FLAGS = 0x8480;
const RECURSION_DESIRED = 0x0100;
/** Everything that would make it other than a plain query: answer, kind of query, truncated. */
const NOT_A_QUERY = 0xfa00;
/** The name of the question, which begins behind the header. */
const NAME_OF_QUESTION = 0xc000 | HEADER_BYTES;
const REVERSE = '.in-addr.arpa';

interface Question {
  name: string;
  type: number;
  /** With the name as it was asked, for the answer. */
  bytes: Buffer;
}

/** null: not for us, or not a query at all. */
export function answerDns(query: Buffer, names: EnvNames): Buffer | null {
  const question = readQuestion(query);
  if (question === null) return null;
  const { name } = question;
  const reversed = reversedAddress(name);
  if (reversed !== null && names.isOwn(reversed)) return answerPointer(query, question, reversed, names);
  const host = ownName(name, names.domain);
  if (host !== null) {
    const address = names.addresses.get(host);
    if (address === undefined) return answer(query, question, code.noSuchName);
    const isWanted = question.type === type.address || question.type === type.any;
    return answer(query, question, code.fine, isWanted ? { type: type.address, data: addressBytes(address) } : null);
  }
  return names.isFenced ? answer(query, question, code.refused) : null;
}

/** The machine's name, of `web` or `web.shop.tt`; null for names of others. */
function ownName(name: string, domain: string): string | null {
  if (!name.includes('.')) return name;
  return name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : null;
}

function answerPointer(query: Buffer, question: Question, address: number, names: EnvNames): Buffer {
  const [host] = [...names.addresses].find(([, other]) => other === address) ?? [];
  if (host === undefined) return answer(query, question, code.noSuchName);
  const isWanted = question.type === type.pointer || question.type === type.any;
  const data = nameBytes(`${host}.${names.domain}`);
  return answer(query, question, code.fine, isWanted ? { type: type.pointer, data } : null);
}

/** One question of class IN and nothing else but additional records (EDNS, RFC 6891), which are not read. */
function readQuestion(query: Buffer): Question | null {
  if (query.length < HEADER_BYTES) return null;
  if ((query.readUInt16BE(2) & NOT_A_QUERY) !== 0) return null;
  if (query.readUInt16BE(4) !== 1 || query.readUInt16BE(6) !== 0 || query.readUInt16BE(8) !== 0) return null;
  const labels: string[] = [];
  let next = HEADER_BYTES;
  for (let left = LONGEST_NAME + 1; ; ) {
    if (next >= query.length) return null;
    const length = query.readUInt8(next);
    next += 1;
    if (length === 0) break;
    left -= length + 1;
    // Longer ones are pointers, which a first name can't have.
    if (length > LONGEST_LABEL || left < 0 || next + length > query.length) return null;
    labels.push(query.toString('latin1', next, next + length).toLowerCase());
    next += length;
  }
  if (labels.length === 0 || next + 4 > query.length) return null;
  if (query.readUInt16BE(next + 2) !== CLASS_IN) return null;
  // A dot within a label would make two of it.
  if (labels.some((label) => label.includes('.'))) return null;
  return { name: labels.join('.'), type: query.readUInt16BE(next), bytes: query.subarray(HEADER_BYTES, next + 4) };
}

function answer(
  query: Buffer,
  question: Question,
  result: number,
  record: { type: number; data: Buffer } | null = null,
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(ANSWER_FLAGS | (query.readUInt16BE(2) & RECURSION_DESIRED) | result, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(record === null ? 0 : 1, 6);
  if (record === null) return Buffer.concat([header, question.bytes]);
  // Seconds to remember it: none, as the next machine of that name may come at any time.
  const fields = Buffer.alloc(12);
  fields.writeUInt16BE(NAME_OF_QUESTION, 0);
  fields.writeUInt16BE(record.type, 2);
  fields.writeUInt16BE(CLASS_IN, 4);
  fields.writeUInt16BE(record.data.length, 10);
  return Buffer.concat([header, question.bytes, fields, record.data]);
}

/** The address of `4.3.2.1.in-addr.arpa`; null for other names. */
function reversedAddress(name: string): number | null {
  if (!name.endsWith(REVERSE)) return null;
  const parts = name.slice(0, -REVERSE.length).split('.');
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isAddress ? parts.reduceRight((address, part) => address * 256 + Number(part), 0) : null;
}

function addressBytes(address: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(address);
  return bytes;
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}
