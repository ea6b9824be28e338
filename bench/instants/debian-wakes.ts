// The same as `wakes.ts` with a real system, which boots for as long as people know it: Debian 12, built by the project's recipe.
import path from 'node:path';
import { readyImage, startAgentProcess } from '../agent-process.ts';
import type { BenchContext } from '../section.ts';
import { takeDebian12 } from './debian-image.ts';
import { measureWakes, type Wakes } from './wakes.ts';

export async function measureDebianWakes({ resources, folder, say }: BenchContext, count: number): Promise<Wakes> {
  const own = path.join(folder, 'd');
  const imageDirectory = path.join(own, 'images');
  await takeDebian12(imageDirectory, say);
  const flags = ['--storage', 'qcow2', '--log-level', 'debug'];
  const agent = await startAgentProcess(resources, { folder: own, imageDirectory, engine: 'qemu', flags });
  return measureWakes(agent, await readyImage(agent), count);
}
