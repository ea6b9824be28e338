// The state folder of `npm run dev:fake`: TT_HOME if it is set, otherwise a new one that is deleted when the agent ends, like
// the fake machines.
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isThere } from '../../agent/host/is-there.ts';
import { stateDirectory } from '../../client/node/index.ts';
import { makeFakeImages } from './images.ts';

export interface FakeHome {
  directory: string;
  /** Removed at the end. */
  isTemporary: boolean;
  agentFlags: string[];
}

/** Capacity for the seed, whatever machine this is; the networks are fake too, so each kind can be tried. */
const agentFlags = [
  '--engine',
  'fake',
  '--no-prepare',
  '--network',
  'nat',
  '--cpu-total',
  '8',
  '--mem-total',
  '16384',
  '--disk-total',
  '204800',
];

export async function fakeHome(): Promise<FakeHome> {
  if (process.env['TT_HOME']) return { directory: stateDirectory(), isTemporary: false, agentFlags };
  return { directory: await mkdtemp(path.join(tmpdir(), 'tt-dev-fake-')), isTemporary: true, agentFlags };
}

/** Fills the image folder of a state folder that no agent has used yet. */
export async function prepareFakeHome(directory: string): Promise<void> {
  // Another agent's folder is left as it is: this agent refuses it, or has its images already.
  if (await isThere(path.join(directory, 'state.sqlite'))) return;
  const images = path.join(directory, 'images');
  await mkdir(images, { recursive: true, mode: 0o700 });
  await makeFakeImages(images);
}
