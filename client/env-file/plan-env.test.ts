// Which VM of an ENV is which of a file, and what a broken image must not lead to: plans of a real ENV (fake engine), made of changed
// worlds.
import type { EnvDetail, EnvFile, Image } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEBIAN_IMAGE, TINY_IMAGE } from '../../agent/testing/image-folder.ts';
import { startTestAgent, type TestAgent } from '../../agent/testing/in-process-agent.ts';
import { planEnv } from './plan-env.ts';
import { readEnvFile } from './read-env-file.ts';

let agent: TestAgent;
let current: EnvDetail;
let images: Image[];

beforeAll(async () => {
  agent = await startTestAgent();
  const groups = [
    { osPrefix: 'tiny', copies: 2 },
    { osPrefix: 'tiny', cpuCount: 2 },
    { osPrefix: 'debian', memoryMiB: 300 },
  ];
  await agent.client.env.create({ name: 'demo', groups });
  current = await agent.client.env.show({ name: 'demo' });
  ({ images } = await agent.client.image.list());
});
afterAll(() => agent.stop());

interface Worlds {
  images?: Image[];
  current?: EnvDetail;
}

/** `removeVm demo/tiny-2-1`, `changeVm demo/tiny-2-2 cpuCount` */
function planned(groups: string, world: Worlds = {}): string[] {
  const [file] = readEnvFile(`name: demo\ngroups: ${groups}\n`, 'f.yaml') as [EnvFile];
  return planEnv(file, { current, images, now: new Date(), ...world }).map(({ step }) =>
    [
      step.kind,
      step.vmName ?? JSON.stringify(step.changes[0]?.to),
      ...(step.kind === 'changeVm' ? step.changes.map(({ field }) => field) : []),
      ...(step.refused ? [step.refused.code] : []),
    ].join(' '),
  );
}

const withImage = (about: Partial<Image>) =>
  images.map((image) => (image.name === TINY_IMAGE ? { ...image, ...about } : image));

describe('VMs and groups', () => {
  it('belong together so that the fewest changes are needed, in whatever order the file has them', () => {
    expect(
      planned('[{ osPrefix: tiny, cpuCount: 2 }, { osPrefix: debian }, { osPrefix: tiny, copies: 2, cpuCount: 1 }]'),
    ).toEqual([]);
    // The one with two processors is the one to keep, and so is the number of the others.
    expect(planned('[{ osPrefix: tiny, cpuCount: 2 }, { osPrefix: debian }]')).toEqual([
      'removeVm demo/tiny-2-1',
      'removeVm demo/tiny-2-2',
    ]);
    expect(planned('[{ osPrefix: tiny, copies: 3, cpuCount: 2 }, { osPrefix: debian }]')).toEqual([
      'changeVm demo/tiny-2-1 cpuCount',
      'changeVm demo/tiny-2-2 cpuCount',
    ]);
  });

  it('are added last but one, and removed last', () => {
    expect(planned('[{ osPrefix: debian, copies: 2, memoryMiB: 301 }]')).toEqual([
      'changeVm demo/debian-12-1 memoryMiB',
      `addVms {"image":"${DEBIAN_IMAGE}","copies":1}`,
      'removeVm demo/tiny-2-1',
      'removeVm demo/tiny-2-2',
      'removeVm demo/tiny-2-3',
    ]);
  });

  it('one prefix means the VMs of each system that it matches', () => {
    expect(planned('[{ osPrefix: "qemu:", copies: 3 }]')).toEqual([`addVms {"image":"${DEBIAN_IMAGE}","copies":2}`]);
    expect(planned('[{ copies: 1, medium: net }]').slice(0, 1)).toEqual(['addVms {"medium":"net","copies":1}']);
  });
});

describe('an image that is there no more, or that broke', () => {
  const all = '[{ osPrefix: tiny, copies: 3 }, { osPrefix: debian }]';
  const exact = `[{ osPrefix: "${TINY_IMAGE}", copies: 3 }, { osPrefix: debian }]`;
  const worlds: [string, () => Image[]][] = [
    ['failed', () => withImage({ state: 'failed' })],
    ['gone', () => images.filter(({ name }) => name !== TINY_IMAGE)],
    [
      'failed beside another one that is ready',
      () => [...withImage({ state: 'failed' }), ...withImage({ name: 'qemu:tiny-3:default' })],
    ],
  ];
  it.each(worlds)('%s: its VMs are still those of the file', (_what, make) => {
    const removals = [all, exact]
      .flatMap((groups) => planned(groups, { images: make() }))
      .filter((text) => text.startsWith('removeVm'));
    expect(removals).toEqual([]);
  });

  it('gets no more VMs by its old name, and is refused where only it is meant', () => {
    const gone = images.filter(({ name }) => name !== TINY_IMAGE);
    expect(planned('[{ osPrefix: tiny, copies: 4 }, { osPrefix: debian }]', { images: gone })).toEqual([]);
    const empty = { ...current, vms: [] };
    expect(planned('[{ osPrefix: tiny }]', { images: gone, current: empty })).toEqual([
      'addVms {"image":"tiny","copies":1} planNoImage',
    ]);
  });
});

it('a slip in a prefix has no VM removed', () => {
  expect(planned('[{ osPrefix: tinny, copies: 3 }, { osPrefix: debian }]')).toEqual([
    'addVms {"image":"tinny","copies":3} planNoImageNear',
    'removeVm demo/tiny-2-1 planGroupUnknown',
    'removeVm demo/tiny-2-2 planGroupUnknown',
    'removeVm demo/tiny-2-3 planGroupUnknown',
  ]);
  expect(planned('[{ osPrefix: "qemu:", copies: 3, engine: other }]')[0]).toMatch(/^addVms .* planNoImage$/);
});

it('an ENV of somebody else is compared in what the server tells of it', () => {
  const { notes: _notes, ...env } = current.env;
  const [file] = readEnvFile('name: demo\nnotes: mine\n', 'f.yaml') as [EnvFile];
  expect(planEnv(file, { current: { ...current, env }, images, now: new Date() })).toEqual([]);
});
