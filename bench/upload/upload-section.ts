// Section `upload`: a file sent by the window to its agent, against `curl -T` to a plain receiver on the same disk and loopback.
import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import { buildIfStale } from '../../tools/start/build-if-stale.ts';
import { startAgentProcess } from '../agent-process.ts';
import { startChild } from '../child.ts';
import { atLeast, atMost, pair, short } from '../comparison.ts';
import type { BenchContext, Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { makeStubImages } from '../stub-image.ts';
import { waitUntil } from '../wait-until.ts';
import { openWindow } from '../window/open-window.ts';
import { measureUpload, type UploadMetrics } from './measure-upload.ts';

const root = path.resolve(import.meta.dirname, '../..');
const MIB = 1024 * 1024;
const CURL_TIMEOUT_MS = 600_000;

export const uploadSection: Section = {
  name: 'upload',
  title: 'a file sent by the window, against curl to a plain receiver',
  async run(context) {
    const { resources, folder, quick, say } = context;
    await buildIfStale(root);
    const imageDirectory = await makeStubImages(folder);
    const windowDirectory = path.join(root, 'out/renderer');
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake', windowDirectory });
    const sizeMiB = quick ? 64 : 512;
    say(`writing a file of ${sizeMiB} MiB ...`);
    const file = await makeFile(folder, sizeMiB);
    const url = await startReceiver(context);
    const page = await openWindow(resources, agent);
    const ours: UploadMetrics[] = [];
    const peer: number[] = [];
    // In turn, so that a disk that gets slower does so for both.
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      ours.push(await measureUpload(page, agent.connection.client, file));
      peer.push(await curlSeconds(file, url));
    }
    const seconds = ours.map((one) => one.seconds);
    const longest = Math.max(...ours.map(({ longestFrameMs }) => longestFrameMs));
    const rate = (of: number) => sizeMiB / of;
    return {
      comparisons: [
        {
          what: `window sends ${sizeMiB} MiB`,
          ours: pair({ min: rate(Math.max(...seconds)), median: rate(median(seconds)) }, 'MiB/s'),
          peer: pair({ min: rate(Math.max(...peer)), median: rate(median(peer)) }, 'MiB/s'),
          ratio: median(peer) / median(seconds),
          goal: atLeast(0.5),
        },
        {
          what: 'longest frame meanwhile',
          ours: `${short(longest)} ms`,
          peer: '-',
          ratio: longest,
          goal: atMost(50),
          unit: 'ms',
        },
      ],
      notes: [`least time of the window ${short(min(seconds))} s; both write, hash and sync before they answer`],
      peerCommands: ['curl -T FILE URL of bench/upload/plain-receiver.ts'],
    };
  },
};

/** Random, so that no disk or line packs it; no image, so that its import ends at once. */
async function makeFile(folder: string, sizeMiB: number): Promise<string> {
  const file = path.join(folder, 'upload.bin');
  await using target = await open(file, 'w', 0o600);
  const piece = randomBytes(MIB);
  for (let written = 0; written < sizeMiB; written++) await target.writeFile(piece);
  await target.datasync();
  return file;
}

async function startReceiver({ resources, folder }: BenchContext): Promise<string> {
  const portFile = path.join(folder, 'receiver.port');
  const program = path.join(import.meta.dirname, 'plain-receiver.ts');
  const args = [program, path.join(folder, 'received.bin'), portFile];
  await startChild(resources, process.execPath, args, path.join(folder, 'receiver.log'));
  const port = await waitUntil('the plain receiver', async () => {
    const text = await readFile(portFile, 'utf8').catch(() => '');
    return text === '' ? null : text;
  });
  return `http://127.0.0.1:${port}/upload.bin`;
}

async function curlSeconds(file: string, url: string): Promise<number> {
  const args = ['--silent', '--show-error', '--fail', '--output', '/dev/null', '--write-out', '%{time_total}'];
  const { stdout } = await runCommand('curl', [...args, '-T', file, url], { timeoutMs: CURL_TIMEOUT_MS });
  return Number(stdout);
}
