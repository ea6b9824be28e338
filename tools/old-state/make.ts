// Makes a fixture of the state folder of an older TT: `node tools/old-state/make.ts CHECKOUT FIXTURE` starts the agent of another
// checkout (with its packages installed) with fake drivers, fills it, and writes down what it left as text. See the fixture's
// README. A version with other routes needs a `fill.ts` of its own.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findPrivateAgent } from '../../client/node/index.ts';
import { spawnProcess } from '../../agent/host/run-command.ts';
import { until } from '../../agent/testing/until.ts';
import type { OldAnswers } from '../../agent/testing/old-state.ts';
import { askOldAgent, fillOldAgent } from './fill.ts';
import { writeFixture } from './write-fixture.ts';

const ANN = 'dummy-token-of-ann';

/** As an administrator wrote it for that version. */
const config = `engine: fake
log: { level: debug }
prepareImages: false
capacity: { cpuTotal: 64, memoryTotalMiB: 16384, diskTotalMiB: 65536 }
lifetime: { defaultS: 7200, maxS: 43200 }
quota:
  default: { envs: 10, memoryMiB: 8192 }
  users: { ann: { envs: 2, vms: 5 } }
network: { default: nat, nat: { pool: 10.211.0.0/16 } }
ports: { first: 31000, last: 31999, hostAddress: 192.0.2.7 }
users:
  - { name: ann, tokenSha256: "${createHash('sha256').update(ANN).digest('hex')}" }
`;

const [checkout, fixture] = process.argv.slice(2).map((folder) => path.resolve(folder));
if (!checkout || !fixture) throw new Error('usage: node tools/old-state/make.ts CHECKOUT FIXTURE');
const home = await mkdtemp(path.join(tmpdir(), 'tt-old-state-'));
try {
  await makeHome(checkout, home);
  await writeFixture(home, fixture, await runAgent(checkout, home));
} finally {
  await rm(home, { recursive: true });
}

async function makeHome(from: string, directory: string): Promise<void> {
  await writeFile(path.join(directory, 'agent.yaml'), config);
  const images = path.join(directory, 'images');
  await mkdir(images);
  const support = (await import(pathToFileURL(path.join(from, 'agent/test-images.ts')).href)) as {
    makeTestImages(directory: string): Promise<void>;
  };
  await support.makeTestImages(images);
  await writeFile(path.join(images, 'net.iso'), 'a medium');
}

async function runAgent(from: string, directory: string): Promise<OldAnswers> {
  const log = await open(path.join(directory, 'agent.log'), 'a');
  const args = [path.join(from, 'agent/main.ts'), '--home', directory, '--config', path.join(directory, 'agent.yaml')];
  const child = await spawnProcess(process.execPath, args, { detached: false, stdoutFd: log.fd, stderrFd: log.fd });
  await log.close();
  const exited = once(child, 'exit');
  try {
    const { url, token } = await until('it answers', () => findPrivateAgent(directory).catch(() => null), 30_000);
    await fillOldAgent(url, token, ANN);
    return await askOldAgent(url, token);
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}
