// Modules include their dependencies, and the modprobe indexes list them in the required order.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KernelModules, moduleInfo } from './kernel-modules.ts';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tiny-modules-'));
  await writeModule('lib/base.ko', '', []);
  await writeModule('lib/ring-buffer.ko', 'base', []);
  await writeModule('net/nic.ko', 'base,ring_buffer', ['virtio:d00000001v*', 'pci:v1AF4*']);
  await writeModule('net/unused.ko', '', []);
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

test('takes a module with everything it needs, and writes the indexes', async () => {
  const entries = await (await KernelModules.open(root, '6.1-test')).entries(['nic']);
  const texts = entries.map((entry) => [
    entry.path.slice(1),
    entry.kind === 'file' ? String(entry.content) : entry.kind,
  ]);
  const base = 'usr/lib/modules/6.1-test';
  expect(texts.map(([path]) => path)).toEqual(
    ['kernel/lib/base.ko', 'kernel/lib/ring-buffer.ko', 'kernel/net/nic.ko', 'modules.dep', 'modules.alias'].map(
      (path) => `${base}/${path}`,
    ),
  );
  expect(texts[3]?.[1]).toBe(
    [
      'kernel/lib/base.ko:',
      'kernel/lib/ring-buffer.ko: kernel/lib/base.ko',
      // Loaded from the last to the first.
      'kernel/net/nic.ko: kernel/lib/ring-buffer.ko kernel/lib/base.ko',
      '',
    ].join('\n'),
  );
  expect(texts[4]?.[1]).toBe('alias pci:v1AF4* nic\nalias virtio:d00000001v* nic\n');
});

test('says which module a kernel lacks', async () => {
  const modules = await KernelModules.open(root, '6.1-test');
  await expect(modules.entries(['no_such'])).rejects.toThrow('Kernel 6.1-test has no module no_such');
});

test('reads repeated fields of a module', () => {
  expect(moduleInfo(Buffer.from('ELF\0alias=a\0depends=\0alias=b\0'), 'alias')).toEqual(['a', 'b']);
});

async function writeModule(path: string, depends: string, aliases: string[]): Promise<void> {
  const target = join(root, 'lib/modules/6.1-test/kernel', path);
  await mkdir(dirname(target), { recursive: true });
  const fields = [`depends=${depends}`, ...aliases.map((alias) => `alias=${alias}`)];
  await writeFile(target, `ELF\0${fields.join('\0')}\0`);
}
