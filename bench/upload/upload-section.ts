// Section `upload`: a file sent by the desktop, and by the window in a browser, to their agent, against `curl -T` to the same agent and to a
// plain receiver, and against the browser alone, all on the same disk and loopback.
import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
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
import { longestFrame, watchFrames } from '../window/frame-gaps.ts';
import { openDesktop } from '../window/open-desktop.ts';
import { openWindow } from '../window/open-window.ts';
import { curlToAgentSeconds } from './curl-to-agent.ts';
import { barePutSeconds, openBarePage } from './bare-put.ts';
import { measureTasks, measureUpload, type UploadMetrics } from './measure-upload.ts';

const root = path.resolve(import.meta.dirname, '../..');
const MIB = 1024 * 1024;
const CURL_TIMEOUT_MS = 600_000;

export const uploadSection: Section = {
  name: 'upload',
  title: 'a file sent by the desktop and by the window in a browser, against curl and the browser alone',
  async run(context) {
    const { resources, folder, quick, say } = context;
    await buildIfStale(root);
    const imageDirectory = await makeStubImages(folder);
    const windowDirectory = path.join(root, 'out/renderer');
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake', windowDirectory });
    const sizeMiB = quick ? 64 : 512;
    say(`writing a file of ${sizeMiB} MiB ...`);
    const file = await makeFile(folder, sizeMiB);
    const toPlain = await startReceiver(context, 'plain-receiver');
    const desktop = await openDesktop(resources, agent, folder);
    const page = await openWindow(resources, agent);
    const bare = await openBarePage(page, toPlain);
    const byDesktop: UploadMetrics[] = [];
    const ours: UploadMetrics[] = [];
    const idleFrames: number[] = [];
    const curlToAgent: number[] = [];
    const curlToPlain: number[] = [];
    const browserToPlain: number[] = [];
    // In turn, so that a disk that gets slower does so for all.
    for (let round = 0; round < (quick ? 3 : 5); round++) {
      byDesktop.push(await measureUpload(desktop, agent.connection.client, file));
      // A page behind another one may draw less often.
      await page.bringToFront();
      ours.push(await measureUpload(page, agent.connection.client, file));
      // The same page with nothing to do, beside an upload that is not its own.
      await watchFrames(page);
      curlToAgent.push(await curlToAgentSeconds(agent, file, sizeMiB * MIB, curlSeconds));
      curlToPlain.push(await curlSeconds(file, toPlain));
      idleFrames.push(await longestFrame(page));
      await bare.bringToFront();
      browserToPlain.push(await barePutSeconds(bare, file));
    }
    await page.bringToFront();
    const longestTaskMs = await measureTasks(page, agent.connection.client, file);
    const seconds = ours.map((one) => one.seconds);
    const desktopSeconds = byDesktop.map((one) => one.seconds);
    const longestOf = (several: UploadMetrics[]) => Math.max(...several.map(({ longestFrameMs }) => longestFrameMs));
    const longest = longestOf(ours);
    const rates = (of: number[]) => {
      const rate = (one: number) => sizeMiB / one;
      return pair({ min: rate(Math.max(...of)), median: rate(median(of)) }, 'MiB/s');
    };
    const against = (peer: number[], mine = seconds) => ({
      ours: rates(mine),
      peer: rates(peer),
      ratio: median(peer) / median(mine),
    });
    return {
      comparisons: [
        {
          what: `desktop sends ${sizeMiB} MiB, curl to the same agent`,
          ...against(curlToAgent, desktopSeconds),
          goal: atLeast(0.5),
        },
        { what: '... curl to a plain receiver', ...against(curlToPlain, desktopSeconds), goal: null },
        {
          what: `window in a browser sends ${sizeMiB} MiB, curl to the same agent`,
          ...against(curlToAgent),
          goal: atLeast(0.5),
        },
        { what: '... curl to a plain receiver', ...against(curlToPlain), goal: null },
        { what: '... the browser alone to a plain receiver', ...against(browserToPlain), goal: null },
        {
          what: 'longest task of the page meanwhile, processor time',
          ours: `${short(longestTaskMs)} ms`,
          peer: '-',
          ratio: longestTaskMs,
          goal: atMost(50),
          unit: 'ms',
        },
        {
          what: 'longest frame meanwhile',
          ours: `${short(longest)} ms`,
          peer: `${short(Math.max(...idleFrames))} ms`,
          ratio: longest,
          goal: null,
          unit: 'ms',
        },
      ],
      notes: [
        `least time of the desktop ${short(min(desktopSeconds))} s, of the window ${short(min(seconds))} s; all write, hash and sync before they answer`,
        `longest frame of the desktop meanwhile: ${short(longestOf(byDesktop))} ms`,
        'the desktop: its main process and preload in the strict test host (docs/decisions/0007), not in Electron',
        `longest frames by round, median: ${short(median(ours.map(({ longestFrameMs }) => longestFrameMs)))} ms`,
        'the peer of the longest frame: the same page while curl sends the same file twice',
        `load average ${loadavg()[0]?.toFixed(1) ?? ''}`,
      ],
      peerCommands: [
        'curl -T FILE URL/api/transfers/ID/bytes of the same agent',
        'curl -T FILE URL of bench/upload/plain-receiver.ts',
        'XMLHttpRequest PUT of the same File in an empty page of the same browser to bench/upload/plain-receiver.ts',
      ],
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

async function startReceiver({ resources, folder }: BenchContext, name: string): Promise<string> {
  const portFile = path.join(folder, `${name}.port`);
  const program = path.join(import.meta.dirname, `${name}.ts`);
  await startChild(resources, process.execPath, [program, folder, portFile], path.join(folder, `${name}.log`));
  const port = await waitUntil(name, async () => {
    const text = await readFile(portFile, 'utf8').catch(() => '');
    return text === '' ? null : text;
  });
  return `http://127.0.0.1:${port}/upload.bin`;
}

/** `headers`: a file of them. */
async function curlSeconds(file: string, url: string, headers?: string): Promise<number> {
  const args = ['--silent', '--show-error', '--fail', '--output', '/dev/null', '--write-out', '%{time_total}'];
  const { stdout } = await runCommand(
    'curl',
    [...args, ...(headers === undefined ? [] : ['-H', `@${headers}`]), '-T', file, url],
    { timeoutMs: CURL_TIMEOUT_MS },
  );
  return Number(stdout);
}
