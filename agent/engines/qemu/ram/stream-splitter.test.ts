// The splitter against streams built by hand, cut anywhere, and against what is none.
import { describe, expect, it } from 'vitest';
import { StreamSplitter } from './stream-splitter.ts';
import { ramSection, streamHead, text, u32, u64, wholeStream } from './test-stream.ts';

const PAGE = 4096;
/** Of a section: a byte, and its number. */
const FOOTER_BYTES = 5;

function split(
  chunks: readonly Buffer[],
  devices: Buffer | null = null,
): { memory: number[]; others: Buffer; passes: number } {
  const memory = new Map<number, number>();
  const others: Buffer[] = [];
  const splitter = new StreamSplitter('pc.ram', {
    pages: (offset, pages) => {
      for (const [index, page] of pages.entries()) {
        expect(page).toEqual(Buffer.alloc(PAGE, page[0]));
        memory.set(offset / PAGE + index, page[0] ?? -1);
      }
    },
    zeros: (offset, lengthBytes) => {
      for (let at = offset; at < offset + lengthBytes; at += PAGE) memory.set(at / PAGE, 0);
    },
    stream: (bytes) => others.push(bytes),
  });
  for (const chunk of chunks) splitter.write(chunk);
  if (devices) splitter.endWith(devices);
  else splitter.end();
  expect(splitter.mainBytes).toBe(memory.size * PAGE);
  return {
    memory: [...memory].sort(([a], [b]) => a - b).map(([, fill]) => fill),
    others: Buffer.concat(others),
    passes: splitter.passes,
  };
}

const cut = (stream: Buffer, bytes: number): Buffer[] =>
  Array.from({ length: Math.ceil(stream.length / bytes) }, (_, index) =>
    stream.subarray(index * bytes, (index + 1) * bytes),
  );

describe('a migration stream', () => {
  it.each([1, 2, 7, 4095, 4096, 4097, 9000, 1_000_000])('is split the same in chunks of %i bytes', (bytes) => {
    const { stream, memory, others } = wholeStream();
    expect(split(cut(stream, bytes))).toEqual({ memory, others, passes: 2 });
  });

  it.each([0, FOOTER_BYTES])('is completed where it was broken off after all memory, %i bytes early', (bytes) => {
    const pages = [1, 0].map((fill, page) => ({ block: 'pc.ram', page, fill }));
    const video = { block: 'vga.vram', page: 0, fill: 9 };
    const head = streamHead({ 'pc.ram': 2, 'vga.vram': 1 });
    const stream = Buffer.concat([head, ramSection([...pages, video], false)]);
    const devices = Buffer.from('devices');
    const others = Buffer.concat([head, ramSection([video], false), ramSection([], true), devices]);
    const broken = stream.subarray(0, stream.length - bytes);
    expect(split(cut(broken, 999), devices)).toEqual({ memory: [1, 0], others, passes: 1 });
  });

  it('is not completed before its memory is there, in the middle of a page, or after its end', () => {
    const { stream } = wholeStream();
    const head = streamHead({ 'pc.ram': 1 });
    const part = ramSection([{ block: 'pc.ram', page: 0, fill: 1 }], false);
    for (const broken of [head, Buffer.concat([head, part]).subarray(0, -FOOTER_BYTES - 9), stream])
      expect(() => split([broken], Buffer.from('devices'))).toThrow('it was broken off');
  });

  it('is refused when it is none, or has what is not understood', () => {
    const head = streamHead({ 'pc.ram': 2 });
    const page = (number: number, fill = 1) => ramSection([{ block: 'pc.ram', page: number, fill }], false);
    const cases: [string, Buffer][] = [
      ['no magic', Buffer.from('QFI\u00fb0000')],
      ['another version', Buffer.concat([u32(0x5145564d), u32(4)])],
      ['a page behind the end', Buffer.concat([head, page(2)])],
      ['a zero page behind the end', Buffer.concat([head, page(2, 0)])],
      ['a compressed page', Buffer.concat([head, Buffer.from([2]), u32(2), u64(0x100)])],
      ['a part of another section', Buffer.concat([head, Buffer.from([2]), u32(9)])],
      [
        'another section that is sent in parts',
        Buffer.concat([head, Buffer.from([1]), u32(3), text('block'), u32(0), u32(4)]),
      ],
      ['devices before the memory is whole', Buffer.concat([head, Buffer.from([4])])],
      [
        'a section without end',
        Buffer.concat([head, Buffer.from([2]), u32(2), u64(0x10), Buffer.from([0x7d]), u32(2)]),
      ],
      ['half a stream', wholeStream().stream.subarray(0, 20_000)],
      [
        'a subsection that is not known',
        Buffer.concat([head.subarray(0, 15), Buffer.from([5]), text('configuration/new'), u32(1)]),
      ],
    ];
    for (const [name, stream] of cases)
      expect(() => split([stream]), name).toThrow(expect.objectContaining({ code: 'COMMAND_FAILED' }));
  });
});
