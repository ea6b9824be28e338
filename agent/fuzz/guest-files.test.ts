// A helper in a guest that says anything of its files and of its guest: lists, heads of files, hashes, reports. Each failure is the one
// meant for it, nobody waits longer than was said, and nothing of a list leads out of the folder that files are put into.
// @module-tag deep
import { isIP } from 'node:net';
import path from 'node:path';
import { duplexPair } from 'node:stream';
import { planFetch } from '@tt/client';
import { type GuestEntryView, TtError } from '@tt/protocol';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeFrame, FRAME, FrameReader } from '../guest-channel/frame.ts';
import { GuestChannel } from '../guest-channel/guest-channel.ts';
import { GuestError } from '../guest-channel/guest-error.ts';
import { getFile, putFile } from '../guest-channel/guest-files.ts';
import { readReport } from '../guest-channel/guest-report.ts';
import { listFiles } from '../guest-channel/list-files.ts';
import { fuzz, fuzzing, mutated, mutatedJson } from '../testing/fuzz.ts';

const TIMEOUT_MS = 60;
const MOST_OUTPUT_BYTES = 60_000;

/** A channel to a helper whose commands print these bytes. */
async function channelTo(stdout: Buffer, stderr: Buffer): Promise<GuestChannel> {
  const [host, guest] = duplexPair();
  const reader = new FrameReader();
  const say = (type: number, id: number, payload?: Uint8Array) => guest.write(encodeFrame(type, id, payload));
  guest.on('data', (bytes: Buffer) => {
    for (const { type, id, payload } of reader.push(bytes)) {
      if (type === FRAME.hello) say(FRAME.hello, 0, payload);
      if (type !== FRAME.exec) continue;
      say(FRAME.output, id, Buffer.concat([Uint8Array.of(1), stdout.subarray(0, MOST_OUTPUT_BYTES)]));
      say(FRAME.output, id, Buffer.concat([Uint8Array.of(2), stderr.subarray(0, MOST_OUTPUT_BYTES)]));
      say(FRAME.exit, id, Uint8Array.of(0, stderr.length === 0 || stderr.includes('sha256') ? 0 : 1));
    }
  });
  return GuestChannel.open(host, 5_000);
}

async function guestFailure(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const late = new GuestError('GUEST_HELPER_SILENT', 'it takes too long');
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(late), TIMEOUT_MS);
  await work(stop.signal).catch((error: unknown) => expect(error).toBeInstanceOf(GuestError));
  clearTimeout(timer);
}

const words = ['\0', '/../', 'f -1 ', 'd 0 755 0 ', '\n', 'offset ', '99999999999999999999', '\u202e'];

it('its lists', fuzzing, async () => {
  const sample = Buffer.from(
    'f 12 644 1790000000 /a/b c\0d 4096 755 1790000000 /a/d\0l 3 777 -5 /a/l\0o 0 600 0 /a/o\0',
  );
  await fuzz(mutated(sample, words), async (bytes) => {
    const channel = await channelTo(bytes, Buffer.alloc(0));
    await guestFailure(async (signal) => {
      for (const entry of await listFiles(channel, 'tree', '/a', { signal })) {
        expect([Number.isSafeInteger(entry.size), entry.path !== '', entry.mode <= 0o7777]).toEqual([true, true, true]);
        expect(entry.modifiedAt.toISOString()).toMatch(/^\d{4}-/);
      }
    });
    channel.close();
  });
});

it('its reports', fuzzing, async () => {
  const sample = Buffer.from(
    'uptime 12345\nload 152\nmemory 98304 51200\ndisk 1048576 524288\nnic eth0 52:54:00:00:00:01\naddress eth0 198.51.100.7/24\n',
  );
  await fuzz(mutated(sample, [...words, 'nic ', 'address eth0 ', '::1/128\n']), (bytes) => {
    try {
      const { nics, uptimeMs, load } = readReport(bytes.toString('utf8'));
      for (const { mac, addresses } of nics) {
        expect(mac).toMatch(/^[0-9a-f:]{17}$/);
        for (const address of addresses) expect(isIP(address)).not.toBe(0);
      }
      expect([uptimeMs ?? 0, load ?? 0].every(Number.isFinite)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(GuestError);
    }
  });
});

it('heads and hashes of its files, and its answers to those that it is sent', fuzzing, async () => {
  const head = Buffer.from('file 5 644 1790000000\nhello');
  const hash = Buffer.from(`sha256 ${'a'.repeat(64)}\n`);
  const answers = Buffer.from('offset 0\ndone\n');
  await fuzz(
    fc.tuple(mutated(head, words), mutated(hash, words), mutated(answers, words)),
    async ([out, err, said]) => {
      const reading = await channelTo(out, err);
      await guestFailure((signal) =>
        getFile(reading, { path: '/a', signal }, async (file) => {
          expect(Number.isSafeInteger(file.size)).toBe(true);
          for await (const bytes of file.content) expect(bytes.length).toBeGreaterThan(0);
          expect(await file.sha256).toMatch(/^[0-9a-f]{64}$/);
        }),
      );
      reading.close();
      const writing = await channelTo(said, err);
      await guestFailure((signal) =>
        putFile(writing, {
          path: '/a',
          size: 5,
          sha256: 'a'.repeat(64),
          mode: 0o644,
          overwrites: false,
          signal,
          content: async function* (offset) {
            expect(offset).toBeLessThanOrEqual(5);
            yield Buffer.from('hello').subarray(offset);
          },
        }),
      );
      writing.close();
    },
  );
});

it('what is fetched of a list stays in its folder', fuzzing, async () => {
  const entry = { kind: 'file', path: '/var/log/a', sizeBytes: 1, mode: 420, modifiedAt: '2026-11-21T10:00:00.000Z' };
  const named = { ...entry, kind: 'folder', path: '/var/log' };
  const odd = ['/var/log/../x', '/var/log//x', '/etc/passwd', '/var/log/', '/var/log/a/b', 'x', '/var/log/con'];
  const sample = { named, below: [entry, ...odd.map((text) => ({ ...entry, path: text }))] };
  const root = path.resolve('/some/folder');
  await fuzz(fc.tuple(mutatedJson(sample), fc.boolean()), ([value, isWindows]) => {
    const { named: first, below } = (value ?? {}) as Partial<typeof sample>;
    const entries = [first, ...(Array.isArray(below) ? below : [])].filter(isEntry);
    const [top, ...rest] = entries;
    if (!top) return;
    try {
      const { files, folders } = planFetch('demo/a', [{ named: top, below: rest }], { isWindows });
      for (const inner of [...files.map((file) => file.inner), ...folders]) {
        expect(path.resolve(root, inner).startsWith(root + path.sep)).toBe(true);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(TtError);
    }
  });
});

/** As the contract checks it. */
function isEntry(value: unknown): value is GuestEntryView {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, path: name, sizeBytes } = value as Partial<GuestEntryView>;
  // Compared as it is: a hostile one has no text (`{ toString: null }`).
  return (
    ['file', 'folder', 'link', 'other'].some((known) => known === kind) &&
    typeof name === 'string' &&
    typeof sizeBytes === 'number'
  );
}
