// `npm run pack:deb`: the Debian packages of the agent, the proxy and `tt` into dist/deb/, from what `npm run build` has built.
import { access, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeChecksums } from '../checksums.ts';
import { buildDeb } from './deb-package.ts';
import { packagesOf } from './packages.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const output = path.join(root, 'dist/deb');
const work = await mkdtemp(path.join(tmpdir(), 'tt-pack-'));
try {
  for (const built of ['agent/main.js', 'proxy/main.js', 'renderer/index.html'])
    await access(path.join(root, 'out', built));
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const files: string[] = [];
  for (const deb of await packagesOf({ root, work, node: process.execPath, architecture }))
    files.push(await buildDeb(deb, output));
  await writeChecksums(output, files);
  for (const file of files) {
    const { size } = await stat(file);
    process.stdout.write(`${path.relative(process.cwd(), file)}: ${(size / 1024 / 1024).toFixed(1)} MiB\n`);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
