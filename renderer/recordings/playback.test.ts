// A recording as it is played: at its times, faster, without its pauses, from another time on; what the screen is given.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Playback } from './playback.ts';
import {
  encodeHead,
  encodeJson,
  encodeRecord,
  RecordingReader,
  type RecordingSource,
  recordType,
  type RecordType,
} from '@tt/client/recordings';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bytes = (text: string) => new TextEncoder().encode(text);
/** As a Blob, but read at once: no time passes but that of the test. */
function inMemory(...parts: Uint8Array[]): RecordingSource {
  const all = Uint8Array.from(parts.flatMap((part) => [...part]));
  return {
    size: all.length,
    slice: (from, to) => ({ arrayBuffer: () => Promise.resolve(all.slice(from, to).buffer) }),
  };
}
const about = { vmName: 'demo/a', vmId: 'vm-1', startedAt: '2026-11-30T12:00:00.000Z', hasInput: true };

/** Two connections: at 0 s A, at 1 s B and a key, at 31 s the second one with C. */
function file(...more: [RecordType, number, Uint8Array][]): RecordingSource {
  const records: [RecordType, number, Uint8Array][] = [
    [recordType.begin, 0, bytes('')],
    [recordType.screen, 0, bytes('A')],
    [recordType.input, 1000, encodeJson({ code: 'KeyX', down: true })],
    [recordType.screen, 1000, bytes('B')],
    [recordType.begin, 31_000, bytes('')],
    [recordType.screen, 31_000, bytes('C')],
    ...more,
  ];
  return inMemory(encodeHead(about), ...records.map((record) => encodeRecord(...record)));
}

async function open(blob = file([recordType.end, 32_000, encodeJson({ reason: 'stopped' })])) {
  const reader = await RecordingReader.open(blob);
  const playback = new Playback(reader, await reader.survey());
  /** What each connection has heard. */
  const heard: string[] = [];
  let channel: object | null = null;
  /** Listens to the connection of now, as noVNC does. */
  const listen = () => {
    const now = playback.channel;
    if (!now || now === channel) return;
    channel = now;
    const at = heard.push('') - 1;
    now.onmessage = ({ data }) => (heard[at] += new TextDecoder().decode(data as ArrayBuffer));
  };
  const pass = async (ms: number) => {
    for (let left = ms; left >= 0; left -= 100) {
      await vi.advanceTimersByTimeAsync(Math.min(left, 100));
      listen();
    }
    await vi.advanceTimersByTimeAsync(0);
    listen();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { playback, heard, pass };
}

describe('a recording', () => {
  it('is played at its times, each connection by a channel of its own', async () => {
    const { playback, heard, pass } = await open();
    void playback.play();
    await pass(500);
    expect(heard).toEqual(['A']);
    await pass(700);
    expect([heard, playback.keys]).toEqual([['AB'], ['KeyX']]);
    await pass(30_000);
    expect(heard).toEqual(['AB', 'C']);
    await pass(2_000);
    expect([playback.state, playback.atMs]).toEqual(['ended', 32_000]);
    playback.close();
  });

  it('is played faster, and without its pauses', async () => {
    const { playback, heard, pass } = await open();
    playback.setSpeed(4);
    playback.setSkipIdle(true);
    void playback.play();
    await pass(300);
    expect(heard).toEqual(['AB']);
    await pass(700);
    expect(heard).toEqual(['AB', 'C']);
    playback.close();
  });

  it('waits while it is paused', async () => {
    const { playback, heard, pass } = await open();
    void playback.play();
    await pass(500);
    playback.pause();
    await pass(60_000);
    expect([heard, playback.state]).toEqual([['A'], 'paused']);
    void playback.play();
    await pass(1_200);
    expect(heard).toEqual(['AB']);
    playback.close();
  });

  it('goes to a time, forward and back, and is what it was then', async () => {
    const { playback, heard, pass } = await open();
    void playback.seek(31_500);
    await pass(100);
    expect([heard.at(-1), playback.atMs, playback.state]).toEqual(['C', 31_500, 'paused']);
    void playback.seek(10);
    await pass(100);
    expect([heard.at(-1), playback.atMs]).toEqual(['A', 10]);
    playback.close();
  });

  it('loses nothing when it goes on from where it is being read', async () => {
    const { playback, heard, pass } = await open();
    void playback.play();
    // The first record is still on its way.
    void playback.seek(1_500);
    await pass(0);
    expect([heard, playback.keys]).toEqual([['AB'], ['KeyX']]);
    // Nor is anything of an older jump taken for a part of the next.
    void playback.seek(1_600);
    void playback.seek(10);
    void playback.seek(1_700);
    await pass(0);
    expect([heard.at(-1), playback.keys]).toEqual(['AB', ['KeyX']]);
    playback.close();
  });

  it('that ended begins again', async () => {
    const { playback, heard, pass } = await open();
    void playback.seek(99_000);
    await pass(100);
    expect(playback.state).toBe('ended');
    void playback.play();
    await pass(200);
    expect([heard.at(-1), playback.state]).toEqual(['A', 'playing']);
    playback.close();
  });

  it('that is broken stops there and says so', async () => {
    const long = encodeRecord(recordType.screen, 500, bytes('x'));
    new DataView(long.buffer).setUint32(5, 0xffffffff);
    const reader = await RecordingReader.open(
      inMemory(encodeHead(about), encodeRecord(recordType.begin, 0, bytes('')), long),
    );
    const playback = new Playback(reader, { lengthMs: 1000, marks: [] });
    void playback.play();
    await vi.advanceTimersByTimeAsync(100);
    expect([playback.state, playback.failure?.why]).toEqual(['ended', 'broken']);
    playback.close();
  });
});

describe('a recording that is opened', () => {
  /** As noVNC: once it is given the last byte of the first picture, it asks for what changes. */
  const settle = () => vi.advanceTimersByTimeAsync(0);
  async function opened(picture: string, source = file()) {
    const { playback } = await open(source);
    const drawn: string[] = [];
    const shown = playback.showFirst();
    await settle();
    const { channel } = playback;
    if (!channel) throw new Error('no connection');
    channel.onmessage = ({ data }) => {
      drawn.push(new TextDecoder().decode(data as ArrayBuffer));
      channel.send(Uint8Array.of(3, drawn.join('').endsWith(picture) ? 1 : 0, 0, 0, 0, 0, 0, 1, 0, 1));
    };
    await settle();
    await shown;
    return { playback, drawn };
  }

  it('shows its first picture, and goes on from there', async () => {
    const { playback, drawn } = await opened('A');
    expect([drawn, playback.atMs, playback.state]).toEqual([['A'], 500, 'paused']);
  });

  it('is read on where the first picture takes several pieces', async () => {
    const { playback, drawn } = await opened('B');
    expect([drawn, playback.atMs, playback.state]).toEqual([['A', 'B'], 1500, 'paused']);
  });

  it('shows what follows at once, too', async () => {
    const at = (ms: number, text: string) => encodeRecord(recordType.screen, ms, bytes(text));
    const begin = encodeRecord(recordType.begin, 0, bytes(''));
    const end = encodeRecord(recordType.end, 9000, encodeJson({ reason: 'stopped' }));
    const source = inMemory(encodeHead(about), begin, at(10, 'A'), at(400, 'B'), at(600, 'C'), end);
    const { playback, drawn } = await opened('A', source);
    expect([drawn, playback.atMs, playback.state]).toEqual([['A', 'B'], 510, 'paused']);
  });

  it('does not look for a picture in all of it', async () => {
    const { playback, drawn } = await opened('C');
    expect([drawn, playback.atMs, playback.state]).toEqual([['A', 'B'], 1000, 'paused']);
  });

  it('waits for who draws it, also where it begins with nothing', async () => {
    const later = [recordType.screen, 200, bytes('A')] as const;
    const head = [encodeHead(about), encodeRecord(recordType.begin, 0, bytes('')), encodeRecord(...later)];
    const { playback } = await open(inMemory(...head));
    const shown = playback.showFirst();
    await settle();
    expect(playback.atMs).toBe(0);
    const drawn: string[] = [];
    if (playback.channel)
      playback.channel.onmessage = ({ data }) => drawn.push(new TextDecoder().decode(data as ArrayBuffer));
    await settle();
    await shown;
    expect([drawn, playback.atMs]).toEqual([['A'], 200]);
  });

  it('stops looking when it is closed', async () => {
    const { playback } = await open();
    const shown = playback.showFirst();
    await settle();
    playback.close();
    await shown;
    expect([playback.atMs, playback.state]).toEqual([0, 'paused']);
  });
});
