// Parsing apt's output: versions with epochs, mirrors with odd names, noise between the lines.
import { expect, test } from 'vitest';
import { parsePrintedUris } from './packages.ts';

test('reads names, versions, archives and hashes', () => {
  const hash = 'ab'.repeat(32);
  const answer = [
    `'http://mirror.invalid/pool/b/busybox-static_1.35.0-4%2bdeb12u1_amd64.deb' busybox-static_1%3a1.35.0-4+deb12u1_amd64.deb 928188 SHA256:${hash}`,
    'W: some warning',
    `'mirror+file:/mirrors.txt/zlib1g_1.2.13_amd64.deb' zlib1g_1.2.13_amd64.deb 86280 SHA256:${hash}`,
    '',
  ].join('\n');
  expect(parsePrintedUris(answer)).toEqual([
    {
      name: 'busybox-static',
      version: '1:1.35.0-4+deb12u1',
      archive: 'busybox-static_1%3a1.35.0-4+deb12u1_amd64.deb',
      sha256: hash,
    },
    { name: 'zlib1g', version: '1.2.13', archive: 'zlib1g_1.2.13_amd64.deb', sha256: hash },
  ]);
});
