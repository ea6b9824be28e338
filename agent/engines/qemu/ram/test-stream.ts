// Test support: builds migration streams as QEMU 7.2 sends them.
const PAGE_BYTES = 4096;

export interface StreamPage {
  block: string;
  page: number;
  /** What it is filled with. */
  fill: number;
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
export const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
export const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);

/** The beginning, with the blocks (pages of each), up to the first pages. */
export function streamHead(blocks: Record<string, number>): Buffer {
  const total = Object.values(blocks).reduce((sum, pages) => sum + pages * PAGE_BYTES, 0);
  return Buffer.concat([
    u32(0x5145564d),
    u32(3),
    Buffer.from([0x07]),
    u32(3),
    Buffer.from('q35'),
    Buffer.from([0x05]),
    text('configuration/capabilities'),
    u32(1),
    u32(1),
    text('events'),
    Buffer.from([0x01]),
    u32(2),
    text('ram'),
    u32(0),
    u32(4),
    u64(total + 0x04),
    ...Object.entries(blocks).flatMap(([name, pages]) => [text(name), u64(pages * PAGE_BYTES)]),
    u64(0x10),
    Buffer.from([0x7e]),
    u32(2),
  ]);
}

/** One section of memory; the last one says so. */
export function ramSection(pages: readonly StreamPage[], isLast: boolean): Buffer {
  let before = '';
  const records = pages.flatMap(({ block, page, fill }) => {
    const isAgain = block === before;
    before = block;
    const flags = (fill === 0 ? 0x02 : 0x08) + (isAgain ? 0x20 : 0);
    const body = fill === 0 ? Buffer.from([0]) : Buffer.alloc(PAGE_BYTES, fill);
    return [u64(page * PAGE_BYTES + flags), ...(isAgain ? [] : [text(block)]), body];
  });
  return Buffer.concat([Buffer.from([isLast ? 3 : 2]), u32(2), ...records, u64(0x10), Buffer.from([0x7e]), u32(2)]);
}

/** Two passes over a main memory of 8 pages and one of video memory, then devices. */
export function wholeStream(): { stream: Buffer; memory: number[]; others: Buffer } {
  const first: StreamPage[] = [3, 0, 0, 4, 5, 0, 7, 0].map((fill, page) => ({ block: 'pc.ram', page, fill }));
  const video: StreamPage[] = [{ block: 'vga.vram', page: 0, fill: 9 }];
  const second: StreamPage[] = [
    { block: 'pc.ram', page: 1, fill: 2 },
    { block: 'pc.ram', page: 3, fill: 0 },
    { block: 'pc.ram', page: 4, fill: 6 },
  ];
  const devices = Buffer.concat([Buffer.from([0x04]), Buffer.from('devices, whatever is in them'), Buffer.from([0])]);
  const head = streamHead({ 'pc.ram': 8, 'vga.vram': 1 });
  return {
    stream: Buffer.concat([head, ramSection([...first, ...video], false), ramSection(second, true), devices]),
    memory: [3, 2, 0, 0, 6, 0, 7, 0],
    others: Buffer.concat([head, ramSection(video, false), ramSection([], true), devices]),
  };
}
