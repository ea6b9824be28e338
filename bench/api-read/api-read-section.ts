// Section `api-read`: how many reads a second the REST API answers, against plain node:http with the same bytes.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findPrivateAgent } from '../../client/node/index.ts';
import { API_PREFIX } from '../../protocol/index.ts';
import { startAgentProcess } from '../agent-process.ts';
import { startChild } from '../child.ts';
import { type Comparison, short } from '../comparison.ts';
import type { Section } from '../section.ts';
import { median } from '../statistics.ts';
import { makeStubImages, STUB_OS } from '../stub-image.ts';
import { waitUntil } from '../wait-until.ts';
import { warmUp } from './http-load.ts';
import { compareServed, measureServed, type ServedLoad } from './served-load.ts';

const CONNECTIONS = 50;
const DURATION_MS = 3000;
/** Also of a quick run: the clock of processor time is as coarse as 10 ms. */
const ROUNDS = 3;
/** The smallest read, and one as the window of a busy host makes it. */
const ROUTES = [
  { path: `${API_PREFIX}/host`, goal: 0.6 },
  { path: `${API_PREFIX}/envs`, goal: null },
];

export const apiReadSection: Section = {
  name: 'api-read',
  title: `REST reads on ${CONNECTIONS} connections, against plain node:http`,
  async run(context) {
    const { resources, folder, quick, say } = context;
    const imageDirectory = await makeStubImages(folder);
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'fake' });
    await agent.connection.client.env.create({ name: 'one', groups: [{ osPrefix: STUB_OS }] });
    const { token } = await findPrivateAgent(agent.home);
    const headers = { authorization: `Bearer ${token}` };
    const options = { connections: CONNECTIONS, durationMs: quick ? DURATION_MS / 6 : DURATION_MS };
    const comparisons: Comparison[] = [];
    for (const route of ROUTES) {
      const url = new URL(route.path, agent.url);
      const body = await (await fetch(url, { headers })).text();
      const name = path.basename(route.path);
      const [answerFile, portFile] = [path.join(folder, `${name}.json`), path.join(folder, `${name}.port`)];
      await writeFile(answerFile, body);
      const program = path.join(import.meta.dirname, 'plain-server.ts');
      const child = await startChild(
        resources,
        process.execPath,
        [program, answerFile, portFile],
        path.join(folder, 'plain.log'),
      );
      const port = await waitUntil('the plain server', async () => Number(await readOrEmpty(portFile)) || null);
      const peerUrl = new URL(`http://127.0.0.1:${port}/`);
      const ours: ServedLoad[] = [];
      const peer: ServedLoad[] = [];
      await warmUp(url, { ...options, headers });
      await warmUp(peerUrl, options);
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await measureServed(agent.pid, url, { ...options, headers }));
        peer.push(await measureServed(child.pid, peerUrl, options));
      }
      const p99 = (loads: ServedLoad[]) => median(loads.map(({ p99Ms }) => p99Ms));
      say(`${route.path}: ${body.length} bytes, p99 ${short(p99(ours))} against ${short(p99(peer))} ms`);
      comparisons.push(...compareServed(`GET ${route.path}`, [ours, peer], route.goal));
    }
    return {
      comparisons,
      notes: ['the requests come from this process, beside the server: both sides share the machine with it'],
      peerCommands: [
        'node bench/api-read/plain-server.ts: http.createServer, JSON.stringify of the same answer each time',
      ],
    };
  },
};

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
