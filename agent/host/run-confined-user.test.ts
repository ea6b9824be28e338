// Confined programs of an agent that runs as an ordinary user, on the kernel of this host: a foreign image is converted without
// network and within the limits of file size and time. Runs as root, because the agent is started as a user who owns nothing.
// @module-tag real
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCommand } from './run-command.ts';

const isRoot = process.geteuid?.() === 0;
/** Nobody's on a usual host. */
const UID = 2_001_000_781;
const MIB = 1024 * 1024;

const reportSchema = z.object({
  uid: z.number(),
  confinement: z.object({ network: z.boolean(), privileges: z.boolean() }),
  converted: z.object({ virtualBytes: z.number() }),
  connected: z.string(),
  large: z.string(),
  slow: z.string(),
  status: z.string(),
});

/** What the ordinary user does: the same modules as the agent, and the answers as JSON. */
const program = `
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
const at = (file) => import(path.join(process.env.AGENT, file));
const { runConfined, confinement } = await at('host/run-confined.ts');
const { QemuImageTool } = await at('images/tool/qemu-image-tool.ts');
const folder = process.cwd();
writeFileSync('foreign.raw', Buffer.concat([randomBytes(${MIB}), Buffer.alloc(${MIB})]), { mode: 0o600 });
const quiet = { signal: new AbortController().signal };
const job = { folder, source: 'foreign.raw', target: 'made.qcow2', format: 'raw', maxBytes: ${64 * MIB} };
const plain = { user: null, fileBytes: null, timeoutMs: 60_000 };
const outcome = (work) => work.then(() => 'ok', ({ signal, timedOut, exitCode }) => String(timedOut ? 'timedOut' : signal ?? exitCode));
console.log(JSON.stringify({
  uid: process.geteuid(),
  confinement: await confinement(),
  converted: await new QemuImageTool({ user: null }).convert(job, quiet),
  connected: await outcome(runConfined('bash', ['-c', 'exec 3<>/dev/tcp/127.0.0.1/' + process.env.PORT], plain)),
  large: await outcome(runConfined('dd', ['if=/dev/zero', 'of=large', 'bs=64K', 'count=64'], { ...plain, cwd: folder, fileBytes: ${MIB} })),
  slow: await outcome(runConfined('sleep', ['600'], { ...plain, timeoutMs: 1_000 })),
  status: (await runConfined('cat', ['/proc/self/status'], plain)).stdout,
}));
`;

describe.skipIf(!isRoot)('confined programs of an ordinary user', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tt-ordinary-'));
    await writeFile(path.join(folder, 'program.mjs'), program);
    await chmod(folder, 0o777);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('converts an image, without network, rights, and more than the limits', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const report = reportSchema.parse(JSON.parse(await asOrdinaryUser(folder, port)));
    server.close();
    expect([report.uid, report.converted.virtualBytes]).toEqual([UID, 2 * MIB]);
    expect(report.large).toBe('SIGXFSZ');
    expect(report.slow).toBe('timedOut');
    // What the kernel of this host does not give is told by the doctor; without it the connection is there.
    expect(report.connected).toBe(report.confinement.network ? '1' : 'ok');
    expect(report.status).toMatch(/^CapEff:\t0+$/m);
    expect(/^NoNewPrivs:\t(.)/m.exec(report.status)?.[1]).toBe(report.confinement.privileges ? '1' : '0');
  });
});

async function asOrdinaryUser(cwd: string, port: number): Promise<string> {
  const user = [`--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', '--inh-caps=-all'];
  const { stdout } = await runCommand('setpriv', [...user, process.execPath, path.join(cwd, 'program.mjs')], {
    cwd,
    timeoutMs: 120_000,
    env: { AGENT: path.join(import.meta.dirname, '..'), PORT: String(port) },
  });
  return stdout;
}
