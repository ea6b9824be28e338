// Section `create-boot`: from the call until the VM runs, until its userspace is there, and until it is gone again;
// agent and bare QEMU in turns, one guest at a time.

import { cpus } from 'node:os';
import { mapLimit } from '../../agent/host/map-limit.ts';
import { ImageFolder } from '../../agent/images/image-folder.ts';
import type { ReadyImage } from '../../agent/images/ready-image.ts';
import { QemuImageTool } from '../../agent/images/tool/qemu-image-tool.ts';
import { type AgentProcess, readyImage, startAgentProcess } from '../agent-process.ts';
import { atMost, type Comparison, pair, short } from '../comparison.ts';
import { openAgentStream } from '../console/ways.ts';
import { startLibvirt } from '../snapshot/libvirt.ts';
import type { BenchContext, Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { startBareGuest } from './bare-guest.ts';
import { waitForLogin } from './serial-ready.ts';

interface Measured {
  runningMs: number[];
  readyMs: number[];
  /** Until its process and its disk are gone. */
  destroyMs: number[];
  groupMs: number[];
}

const GROUP_SIZE = 8;

export const createBootSection: Section = {
  name: 'create-boot',
  title: 'create, boot and delete a VM, against bare QEMU',
  async run(context) {
    const { resources, folder, quick, say } = context;
    const imageDirectory = await context.imageDirectory();
    const agent = await startAgentProcess(resources, { folder, imageDirectory, engine: 'qemu' });
    const imageName = await readyImage(agent);
    const image = await readImage(imageDirectory, imageName);
    const acceleration = (await agent.connection.client.host.show()).engines[0]?.acceleration?.kind ?? 'tcg';
    const ours = emptyMeasured();
    const bare = emptyMeasured();
    const measureAgent = () => oneByAgent(agent, imageName, ours);
    const measureBare = () => oneBare(context, image, acceleration, bare);
    const count = quick ? 2 : 9;
    for (let round = 1; round <= count; round++) {
      // Who goes first changes, so that neither always finds the caches warm.
      for (const measure of round % 2 === 1 ? [measureBare, measureAgent] : [measureAgent, measureBare])
        await measure();
      const last = (values: number[]) => short(values.at(-1) ?? 0);
      say(
        `round ${round}: running ${last(ours.runningMs)} against ${last(bare.runningMs)} ms, ` +
          `ready ${last(ours.readyMs)} against ${last(bare.readyMs)} ms`,
      );
    }
    for (let round = 1; round <= (quick ? 1 : 5); round++) {
      await groupBare(context, image, acceleration, bare);
      await groupByAgent(agent, imageName, ours);
    }
    const libvirt = await startLibvirt(context, image, acceleration);
    const destroyByLibvirt: number[] = [];
    if (typeof libvirt !== 'string') {
      for (let round = 0; round < (quick ? 2 : 5); round++) {
        const guest = await libvirt.start(image.manifest.minMemoryMiB);
        const asked = performance.now();
        await guest.destroy();
        destroyByLibvirt.push(performance.now() - asked);
      }
    }
    return {
      comparisons: [...compare(ours, bare), ...againstLibvirt(ours, destroyByLibvirt)],
      notes: [
        `guests run with ${acceleration.toUpperCase()}; ready = the login prompt on the serial port; image ${imageName}`,
        ...(typeof libvirt === 'string' ? [`libvirt: not run, ${libvirt}`] : []),
      ],
      peerCommands: [
        'qemu-img create -f qcow2 -F qcow2 -b IMAGE disk.qcow2 1024M',
        'qemu-system-x86_64 with the arguments of agent/engines/qemu/command-line.ts, until QMP qmp_capabilities answers',
        'QMP quit, until the process is gone; rm -r of its folder',
        'virsh destroy, the disk stays (ours is deleted with it)',
      ],
    };
  },
};

function emptyMeasured(): Measured {
  return { runningMs: [], readyMs: [], destroyMs: [], groupMs: [] };
}

async function oneByAgent({ connection }: AgentProcess, osPrefix: string, into: Measured): Promise<void> {
  const { client } = connection;
  const begun = performance.now();
  const { vms } = await client.env.create({ name: 'one', groups: [{ osPrefix }] });
  into.runningMs.push(performance.now() - begun);
  await waitForLogin(await openAgentStream(connection, vms[0]?.id ?? '', 'serial'));
  into.readyMs.push(performance.now() - begun);
  const asked = performance.now();
  await client.env.delete({ name: 'one' });
  into.destroyMs.push(performance.now() - asked);
}

async function oneBare(
  context: BenchContext,
  image: ReadyImage,
  acceleration: 'kvm' | 'tcg',
  into: Measured,
): Promise<void> {
  const guest = await startBareGuest(context, image, acceleration);
  into.runningMs.push(guest.runningMs);
  into.readyMs.push(await guest.waitForReady());
  into.destroyMs.push(await guest.destroy());
}

async function groupByAgent({ connection }: AgentProcess, osPrefix: string, into: Measured): Promise<void> {
  const { client } = connection;
  const begun = performance.now();
  await client.env.create({ name: 'group', groups: [{ osPrefix, copies: GROUP_SIZE }] });
  into.groupMs.push(performance.now() - begun);
  await client.env.delete({ name: 'group' });
}

/** The loop a script would run: as many at once as there are processors. */
async function groupBare(
  context: BenchContext,
  image: ReadyImage,
  acceleration: 'kvm' | 'tcg',
  into: Measured,
): Promise<void> {
  const begun = performance.now();
  const all = Array.from({ length: GROUP_SIZE }, (_, index) => index);
  const guests = await mapLimit(all, cpus().length, () => startBareGuest(context, image, acceleration));
  into.groupMs.push(performance.now() - begun);
  await Promise.all(guests.map((guest) => guest.destroy()));
}

export async function readImage(directory: string, name: string): Promise<ReadyImage> {
  const folder = new ImageFolder({ directory, tool: new QemuImageTool({ user: null }), openToVmUsers: false });
  await folder.look({ atStart: true });
  for (const entry of folder.entries.values()) if (entry.kind === 'disk' && entry.manifest.name === name) return entry;
  throw new Error(`there is no image ${name} in ${directory}`);
}

function compare(ours: Measured, bare: Measured): Comparison[] {
  const row = (what: string, key: keyof Measured, goal: number | null): Comparison => ({
    what,
    ours: pair({ min: min(ours[key]), median: median(ours[key]) }, 'ms'),
    peer: pair({ min: min(bare[key]), median: median(bare[key]) }, 'ms'),
    ratio: median(ours[key]) / median(bare[key]),
    goal: goal === null ? null : atMost(goal),
  });
  return [
    row('create an ENV of one VM, until it runs', 'runningMs', 1.5),
    row('the same, until its userspace is ready', 'readyMs', 1.05),
    row(`create ${GROUP_SIZE} VMs in one call`, 'groupMs', 1.3),
    row('delete it with its disk', 'destroyMs', null),
  ];
}

function againstLibvirt({ destroyMs }: Measured, peer: readonly number[]): Comparison[] {
  if (peer.length === 0) return [];
  const both = (values: readonly number[]) => pair({ min: min(values), median: median(values) }, 'ms');
  const ratio = median(destroyMs) / median(peer);
  return [
    {
      what: 'delete it with its disk, against virsh destroy',
      ours: both(destroyMs),
      peer: both(peer),
      ratio,
      goal: atMost(0.2),
    },
  ];
}
