// The last lines of a VM, from logs that are missing, long, coloured, or cut in the middle.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLogTail } from './log-tail.ts';

let folder: string;
let files: { log: string; serialLog: string };
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-log-tail-'));
  files = { log: path.join(folder, 'qemu.log'), serialLog: path.join(folder, 'serial.log') };
});
afterEach(() => rm(folder, { recursive: true }));

it('is empty for a VM that never ran, and says so when a log can not be read', async () => {
  expect(await readLogTail(files)).toEqual([]);
  await expect(readLogTail({ ...files, log: folder })).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
});

it("puts QEMU's words last and fills up with the guest's, without colours", async () => {
  await writeFile(files.log, 'started\nqemu: bang\n');
  await writeFile(files.serialLog, '\u001b[1;31mpanic\u001b[0m\r\n\r\nlogin: ');
  expect(await readLogTail(files)).toEqual(['guest: panic', 'guest: login: ', 'started', 'qemu: bang']);
});

it('never gives more than 20 lines, nor the end of one as a whole', async () => {
  const many = Array.from({ length: 5_000 }, (_, index) => `line ${index} ${'x'.repeat(index % 50)}`);
  await writeFile(files.log, many.join('\n'));
  await writeFile(files.serialLog, 'hello');
  expect(await readLogTail(files)).toEqual(many.slice(-20));
  await writeFile(files.log, 'x'.repeat(100_000));
  expect(await readLogTail(files)).toEqual(['guest: hello']);
});

it('marks what the guest says, shows its control characters, and shortens what has no end', async () => {
  const hostile = 'a\u001b]52;c;aGk=\u0007b\u202ec\u009bd\u0008e';
  await writeFile(files.log, `guest: not really\n${'y'.repeat(5_000)}\n`);
  await writeFile(files.serialLog, `${hostile}\rlast\n`);
  const tail = await readLogTail(files);
  expect(tail.slice(0, 3)).toEqual(['guest: ab\\u202ec\\u009bd\\u0008e', 'guest: last', 'guest - not really']);
  expect(tail[3]).toBe(`${'y'.repeat(299)}…`);
});
