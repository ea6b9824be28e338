// `npm run pack:deb` and `npm run pack:rpm`: packages of the agent, the proxy and `tt` into dist/deb/ or dist/rpm/, from what `npm run build`
// has built. `-- --arch arm64` makes them for other processors than this one’s.
import { access, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeChecksums } from './checksums.ts';
import { buildDeb } from './deb/deb-package.ts';
import { nodeFor, ownArchitecture } from './node-for.ts';
import type { Architecture, BuildPackage } from './packages/host-package.ts';
import { packagesOf } from './packages/packages.ts';
import { buildRpm } from './rpm/rpm-package.ts';

const root = path.resolve(import.meta.dirname, '../..');
const builders = new Map<string, BuildPackage>([
  ['deb', buildDeb],
  ['rpm', buildRpm],
]);
const architectures: readonly Architecture[] = ['amd64', 'arm64'];

const { values, positionals } = parseArgs({ options: { arch: { type: 'string' } }, allowPositionals: true });
const [kind = ''] = positionals;
const build = builders.get(kind);
const architecture = architectures.find((one) => one === (values.arch ?? ownArchitecture()));
if (build === undefined || architecture === undefined) {
  process.stderr.write(`pack: give deb or rpm, and as --arch one of ${architectures.join(', ')}\n`);
  process.exitCode = 2;
} else await pack(kind, architecture, build);

async function pack(name: string, processor: Architecture, buildOne: BuildPackage): Promise<void> {
  // The guest helper: guests are x86-64 on every host.
  for (const built of ['agent/main.js', 'agent/guest-helper/x86_64', 'proxy/main.js', 'renderer/index.html'])
    await access(path.join(root, 'out', built));
  const output = path.join(root, 'dist', name);
  const work = await mkdtemp(path.join(tmpdir(), 'tt-pack-'));
  try {
    const node = await nodeFor(root, processor, path.join(work, 'node'));
    const made = await packagesOf({ root, work: path.join(work, 'made'), node, architecture: processor });
    await rm(output, { recursive: true, force: true });
    await mkdir(output, { recursive: true });
    const files: string[] = [];
    for (const host of made) files.push(await buildOne(host, output));
    await writeChecksums(output, files);
    for (const file of files) {
      const { size } = await stat(file);
      process.stdout.write(`${path.relative(process.cwd(), file)}: ${(size / 1024 / 1024).toFixed(1)} MiB\n`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
