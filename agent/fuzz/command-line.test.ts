// The command line of QEMU, for machines with any names and paths: nothing in them becomes an option of its own.
// @module-tag deep
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EngineError } from '../engines/errors.ts';
import type { VmSpec } from '../engines/interface.ts';
import { commandLine } from '../engines/qemu/command-line.ts';
import { fuzz, fuzzing } from '../testing/fuzz.ts';

interface Texts {
  name: string;
  hostname: string;
  folder: string;
  append: string;
  tap: string;
  hostAddress: string;
}

const plain: Texts = {
  name: 'demo/tiny-1',
  hostname: 'tiny-1',
  folder: '/run/tt/vm1',
  append: 'quiet',
  tap: 'tt0',
  hostAddress: '127.0.0.1',
};

function specOf({ name, hostname, folder, append, tap, hostAddress }: Texts): VmSpec {
  const forward = { protocol: 'tcp', hostAddress, hostPort: 20022, guestPort: 22 } as const;
  const disk = { path: `${folder}/disk`, format: 'qcow2', backing: { path: `${folder}/base`, format: 'raw' } } as const;
  return {
    id: 'vm1',
    name,
    uuid: '6c9b1f0e-7d0c-4c39-9a55-0f0f0f0f0f0f',
    hostname,
    cpuCount: 1,
    memoryMiB: 64,
    disks: [{ name: 'disk0', ...disk, limits: null }],
    cds: [{ name: 'cd0', path: `${folder}/cd` }],
    seed: `${folder}/seed`,
    firmware: { kind: 'uefi', code: `${folder}/code`, variables: disk },
    bootFrom: 'disk',
    rtcBase: 'utc',
    guestHelper: 'off',
    boot: { kernel: `${folder}/k`, initrd: `${folder}/i`, append },
    nics: [
      { kind: 'user', mac: '52:54:00:00:00:01', denyOutgoing: true, forwards: [forward] },
      { kind: 'tap', mac: '52:54:00:00:00:02', tap },
    ],
    runDirectory: folder,
    confinement: null,
  };
}

/** Options whose value QEMU takes as it is, or as JSON. */
const WHOLE = new Set(['-kernel', '-initrd', '-append', '-uuid']);

/** What QEMU reads: of each value the keys, or the JSON of a node with its texts left out (QEMU's util/keyval.c). */
function shapeOf(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const option = args[index - 1] ?? '';
    if (WHOLE.has(option)) return '(whole)';
    if (option === '-blockdev')
      return JSON.stringify(JSON.parse(arg), (key, value) => (key === 'filename' ? '' : value));
    return arg
      .replaceAll(',,', '')
      .split(',')
      .map((part) => part.split('=')[0])
      .filter((key, at) => at === 0 || key !== '')
      .join(',');
  });
}

const odd = fc.constantFrom(
  ',',
  ',,',
  '=',
  ',readonly=on',
  ',path=/etc/passwd',
  '-S',
  '"',
  '\\',
  '}',
  '\n',
  ' ',
  ':',
  '-:',
);
const text = fc
  .array(fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 6 }), fc.constant('a')), { maxLength: 5 })
  .map((parts) => parts.join('').replaceAll('\0', ''));

it('the command line of QEMU', fuzzing, async () => {
  const expected = shapeOf(commandLine(specOf(plain), 'tcg'));
  const folder = text.map((name) => `/srv/${name.replaceAll('/', '')}`);
  const texts = fc.record(
    { name: text, hostname: text, folder, append: text, tap: text, hostAddress: text },
    { requiredKeys: [] },
  );
  await fuzz(texts, (some) => {
    const given = { ...plain, ...some };
    try {
      const shape = shapeOf(commandLine(specOf(given), 'tcg'));
      const [first, ...sockets] = [expected, shape].map((list) =>
        list.map((entry) => entry.replace(/^unix:[^,]*/, 'unix')),
      );
      expect(sockets[0]).toEqual(first);
    } catch (error) {
      expect(error).toBeInstanceOf(EngineError);
    }
  });
});
