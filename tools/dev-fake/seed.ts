// ENVs worth looking at, made in an agent with fake drivers by the same calls as any client makes: machines that run and that
// do not, ends near and far, a timeline with branches, a lab. `npm run dev:fake` and the tests of the window's stores use it.
import { randomUUID } from 'node:crypto';
import type { EnvDetail, TtClient, VmGroup } from '@tt/protocol';

/** How long `handover` lives: the least an agent allows. It stays, expired, with a snapshot of its end. */
export const HANDOVER_LIFETIME_S = 30;

const MINUTE_S = 60;

/** Everything there is to look at; takes a few seconds. */
export async function seedFakeAgent({ client }: { client: TtClient }): Promise<void> {
  await seedHandover(client);
  await seedEnvs(client);
  await stopOne(client, 'upgrade-path');
  await takeClean(client);
  await growTimeline(client);
  await seedLab(client);
}

/** The ENV is then running in part. */
async function stopOne(client: TtClient, envName: string): Promise<void> {
  const [vm] = (await client.env.show({ name: envName })).vms;
  if (vm) await client.vm.stop({ operationId: randomUUID(), vmId: vm.id, graceS: 0 });
}

/** An ENV that expires half a minute later (or as soon as a test moves its clock). */
export async function seedHandover(client: TtClient): Promise<void> {
  await client.env.create({
    operationId: randomUUID(),
    name: 'handover',
    title: 'Kept for the review',
    lifetimeS: HANDOVER_LIFETIME_S,
    endPolicy: 'snapshotThenStop',
    groups: [group('debian-12', 2, 512)],
  });
}

/** The ENVs beside `handover`: 13 machines. */
export async function seedEnvs(client: TtClient): Promise<void> {
  await Promise.all([seedCheckout(client), seedTiny(client), seedUpgrade(client), seedBisect(client)]);
}

/** The first snapshot of `checkout`. */
export async function takeClean(client: TtClient): Promise<void> {
  const notes = 'Just booted';
  await client.snapshot.create({ operationId: randomUUID(), envName: 'checkout', name: 'clean', notes });
}

/** Makes a tree of it: two ways on from `clean`, and two from `installed-2.4`. */
export async function growTimeline(client: TtClient): Promise<void> {
  const envName = 'checkout';
  const { vms } = await client.env.show({ name: envName });
  const take = (name: string, vmIds?: string[]) =>
    client.snapshot.create({ operationId: randomUUID(), envName, name, ...(vmIds && { vmIds }) });
  const revertTo = (name: string) => client.snapshot.revert({ operationId: randomUUID(), envName, name });
  await take('installed-2.4');
  await take(
    'before-fix',
    vms.slice(0, 1).map(({ id }) => id),
  );
  await revertTo('clean');
  await take('installed-3.0');
  await revertTo('installed-2.4');
  await take('config-migrated');
}

export async function seedLab(client: TtClient): Promise<void> {
  await client.profile.create({
    operationId: randomUUID(),
    name: 'office',
    title: 'Office desktop',
    image: 'qemu:alpine-3.20:default',
    memoryMiB: 256,
  });
  await client.lab.create({
    operationId: randomUUID(),
    name: 'training',
    title: 'Training room',
    profileNames: ['office'],
    seats: 4,
  });
  for (let seat = 0; seat < 2; seat++) {
    await client.lab.startSession({ operationId: randomUUID(), name: 'training', profileName: 'office' });
  }
}

async function seedTiny(client: TtClient): Promise<void> {
  await create(client, 'tiny', '', 48, [group('tiny-1', 2, 128)]);
}

async function seedUpgrade(client: TtClient): Promise<void> {
  await create(client, 'upgrade-path', 'From 2.4 to 3.0', 11, [
    { ...group('debian-12', 1, 512), ports: [{ protocol: 'tcp', guestPort: 80 }] },
    { ...group('alpine-3.20', 1, 256), ports: [{ protocol: 'tcp', guestPort: 80 }] },
  ]);
}

/** Stopped, and its end is near. */
async function seedBisect(client: TtClient): Promise<void> {
  await create(client, 'kernel-bisect', '', 4, [group('alpine-3.20', 3, 256)]);
  await client.env.stop({ operationId: randomUUID(), name: 'kernel-bisect', graceS: 0 });
}

async function seedCheckout(client: TtClient): Promise<void> {
  const web = [{ protocol: 'tcp' as const, guestPort: 80 }];
  const groups = [
    { ...group('debian-12', 2, 1024), ports: web },
    { ...group('ubuntu-20.04', 2, 1024), ports: web },
    { ...group('centos-7.1', 1, 512), ports: web },
    group('tiny-1', 1, 128),
  ];
  const { vms } = await create(client, 'checkout', 'Checkout regression', 172, groups, {
    tags: ['nightly', 'release-3'],
    denyOutgoing: true,
  });
  const debian = vms.find(({ name }) => name === 'checkout/debian-12-2');
  if (!debian) throw new Error('checkout has no second Debian');
  await client.vm.update({
    operationId: randomUUID(),
    vmId: debian.id,
    blacklist: ['192.0.2.1', '198.51.100.0/24'],
    bandwidthMbps: 20,
  });
}

function group(os: string, copies: number, memoryMiB: number): VmGroup {
  return { osPrefix: `qemu:${os}:default`, copies, memoryMiB };
}

function create(
  client: TtClient,
  name: string,
  title: string,
  minutes: number,
  groups: VmGroup[],
  more: { tags?: string[]; denyOutgoing?: boolean } = {},
): Promise<EnvDetail> {
  const lifetimeS = minutes * MINUTE_S;
  return client.env.create({ operationId: randomUUID(), name, title, lifetimeS, endPolicy: 'delete', groups, ...more });
}
