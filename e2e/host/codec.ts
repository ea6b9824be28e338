// Values as text and back, as far as structured clone goes: CDP carries only strings between a page and this process.
// `createCodec` also runs inside pages (as its own source text), so it uses nothing from outside itself.

export interface Codec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

/** Throws for what structured clone would refuse too (functions, symbols), and for what is not modelled (cycles). */
export function createCodec(): Codec {
  type Tagged = { readonly t: string; readonly v?: unknown };

  const toBase64 = (bytes: Uint8Array): string => {
    let binary = '';
    for (let i = 0; i < bytes.length; i += 32_768) {
      binary += String.fromCharCode(...bytes.subarray(i, i + 32_768));
    }
    return btoa(binary);
  };
  const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

  const pack = (value: unknown, seen: readonly object[]): unknown => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : { t: 'number', v: String(value) };
    if (value === undefined) return { t: 'undefined' };
    if (typeof value === 'bigint') return { t: 'bigint', v: String(value) };
    if (typeof value !== 'object') throw new Error(`${typeof value} could not be cloned.`);
    if (seen.includes(value)) throw new Error('a cycle is not modelled by the test host');
    const deeper = [...seen, value];
    if (Array.isArray(value)) return value.map((item) => pack(item, deeper));
    if (value instanceof Date) return { t: 'date', v: value.getTime() };
    if (value instanceof ArrayBuffer) return { t: 'buffer', v: toBase64(new Uint8Array(value)) };
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return { t: 'bytes', v: toBase64(bytes) };
    }
    if (value instanceof Map) return { t: 'map', v: [...value].map((entry) => pack(entry, deeper)) };
    if (value instanceof Set) return { t: 'set', v: [...value].map((item) => pack(item, deeper)) };
    if (value instanceof Error) return { t: 'error', v: { name: value.name, message: value.message } };
    const fields = Object.entries(value).map(([key, item]) => [key, pack(item, deeper)] as const);
    return { t: 'object', v: Object.fromEntries(fields) };
  };

  const unpack = (packed: unknown): unknown => {
    if (packed === null || typeof packed !== 'object') return packed;
    if (Array.isArray(packed)) return packed.map(unpack);
    const { t, v } = packed as Tagged;
    switch (t) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(v);
      case 'bigint':
        return BigInt(String(v));
      case 'date':
        return new Date(Number(v));
      case 'buffer':
        return fromBase64(String(v)).buffer;
      case 'bytes':
        return fromBase64(String(v));
      case 'map':
        return new Map((v as unknown[]).map((entry) => unpack(entry) as [unknown, unknown]));
      case 'set':
        return new Set((v as unknown[]).map(unpack));
      case 'error': {
        const { name, message } = v as { name: string; message: string };
        return Object.assign(new Error(message), { name });
      }
      default:
        return Object.fromEntries(Object.entries(v as object).map(([key, item]) => [key, unpack(item)]));
    }
  };

  return { encode: (value) => JSON.stringify(pack(value, [])), decode: (text) => unpack(JSON.parse(text)) };
}
