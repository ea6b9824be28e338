// Fills an agent of commit 5e970f3 with one of everything it keeps, by that version's REST routes. Takes about 70 s: an ENV must
// expire and a schedule must come due.
import type { OldAnswers } from '../../agent/testing/old-state.ts';
import { until } from '../../agent/testing/until.ts';

const TIMEOUT_MS = 120_000;

/** What this needs of the answers. */
interface Answer {
  vms: { id: string }[];
  envs?: { name: string }[];
}

type Caller = (method: string, path: string, body?: object) => Promise<Answer>;

export async function fillOldAgent(url: string, token: string, tokenOfAnn: string): Promise<void> {
  const call = callerOf(url, token);
  await fillWeb(call);
  await fillDrives(call);
  await fillProvisioned(callerOf(url, tokenOfAnn));
  await fillCopies(call);
  await fillLab(call);
  await fillEnding(call);
}

/** All that it shows of what it keeps. */
export async function askOldAgent(url: string, token: string): Promise<OldAnswers> {
  const call = callerOf(url, token);
  const { envs = [] } = await call('GET', '/envs');
  const paths = [...envs.map(({ name }) => `/envs/${name}`), '/profiles', '/labs', '/labs/training'];
  const answers: Record<string, unknown> = {};
  for (const path of paths) answers[path] = await call('GET', path);
  return { at: new Date().toISOString(), answers };
}

function callerOf(url: string, token: string): Caller {
  return async (method, path, body = {}) => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Answer;
  };
}

/** NAT, ports, blacklist, bandwidth; a tree of snapshots with a current one. */
async function fillWeb(call: Caller): Promise<void> {
  const nics = [{ kind: 'nat', bandwidthMbps: 50 }, { kind: 'nat' }];
  const ports = [{ protocol: 'tcp', guestPort: 80 }];
  await call('POST', '/envs', {
    name: 'web',
    title: 'Web “shop” 商店',
    notes: 'First line\nSecond line',
    tags: ['shop', 'v2'],
    lifetimeS: 86_400,
    pastLimit: true,
    endPolicy: 'stop',
    denyOutgoing: true,
    sameUuid: true,
    groups: [
      { osPrefix: 'tiny', copies: 2, cpuCount: 2, memoryMiB: 192, ports, nics, blacklist: ['192.0.2.0/24'] },
      { osPrefix: 'debian', nics: [{ kind: 'flat' }, { kind: 'user' }] },
    ],
  });
  const { vms } = await call('GET', '/envs/web');
  const take = (name: string, more: object = {}) => call('POST', '/envs/web/snapshots', { name, ...more });
  await take('clean', { title: 'Just booted', notes: 'Nothing done yet' });
  await take('installed');
  await call('POST', '/envs/web/snapshots/clean/apply', { safety: true });
  await take('one-vm', { vmIds: [vms[0]?.id], lifeTimeS: 31_536_000 });
  await call('POST', `/vms/${vms[2]?.id}/stop`, { graceS: 0 });
  await take('mixed');
}

/** Disks with limits, one of them detached; media; UEFI; an empty boot disk. Stopped. */
async function fillDrives(call: Caller): Promise<void> {
  const limits = { bytesPerSecond: 1_048_576, operationsPerSecond: 100 };
  await call('POST', '/envs', {
    name: 'drives',
    lifetimeS: 86_400,
    pastLimit: true,
    groups: [
      {
        osPrefix: 'tiny',
        disks: [{ sizeMiB: 64, limits }, { sizeMiB: 32 }],
        diskLimits: limits,
        medium: 'qemu:net:iso',
      },
      { diskMiB: 256, firmware: 'uefi', bootFrom: 'cd', medium: 'qemu:net:iso' },
    ],
  });
  const { vms } = await call('GET', '/envs/drives');
  await call('POST', '/envs/drives/snapshots', { name: 'both' });
  await call('POST', `/vms/${vms[0]?.id}/disks/disk2/detach`);
  await call('POST', `/vms/${vms[0]?.id}/cds/cd1/insert`, { medium: 'qemu:net:iso' });
  await call('POST', '/envs/drives/stop', { graceS: 0 });
}

/** A first boot with everything a setup may have, in an ENV of somebody else. */
async function fillProvisioned(call: Caller): Promise<void> {
  const key = `ssh-ed25519 ${Buffer.alloc(51, 'dummy').toString('base64')} ann@example`;
  await call('POST', '/envs', {
    name: 'provisioned',
    groups: [
      {
        osPrefix: 'tiny',
        setup: {
          hostname: 'box',
          user: 'ann',
          password: 'dummy-password',
          sshKeys: [key],
          files: [{ path: '/etc/motd', content: 'Hello\n', mode: '0600' }],
          commands: ['touch /done'],
        },
      },
    ],
  });
  await call('POST', '/envs/provisioned/stop', { graceS: 0 });
}

/** A fork of a snapshot, a fenced clone of an ENV, and a copy of a VM in it. */
async function fillCopies(call: Caller): Promise<void> {
  await call('POST', '/envs/web/snapshots/installed/fork', { newName: 'forked', lifetimeS: 3600 });
  await call('POST', '/envs/drives/start');
  await call('POST', '/envs/drives/clone', { newName: 'twin', fenced: true });
  await call('POST', '/envs/drives/stop', { graceS: 0 });
  const { vms } = await call('GET', '/envs/twin');
  await call('POST', `/vms/${vms[0]?.id}/clone`, {});
  await call('POST', '/envs/forked/stop', { graceS: 0 });
}

/** A profile of two versions that is open for a third, a lab with terminals, and a session. */
async function fillLab(call: Caller): Promise<void> {
  const ports = [{ protocol: 'tcp', guestPort: 3389 }];
  await call('POST', '/profiles', {
    name: 'office',
    title: 'Office desktop',
    notes: 'For courses',
    image: 'qemu:tiny-2:default',
    memoryMiB: 256,
    netKind: 'user',
    ports,
    keptVersions: 5,
  });
  await call('POST', '/profiles', { name: 'kiosk', image: 'qemu:tiny-2:default', setup: 'echo kiosk' });
  await call('POST', '/profiles/office/admin', {});
  await call('POST', '/profiles/office/publish', { notes: 'With an editor', force: true, graceS: 0 });
  await call('POST', '/profiles/kiosk/admin', { lifetimeS: 7200 });
  await call('POST', '/labs', {
    name: 'training',
    title: 'Training room',
    notes: 'Ground floor',
    profileNames: ['office', 'kiosk'],
    seats: 4,
    sessionLifetimeS: 7200,
    terminalsEnabled: true,
    terminalsStartSessions: true,
  });
  await call('POST', '/labs/training/terminals', {
    terminalName: 'desk-1',
    profileName: 'office',
    address: '127.0.0.9',
  });
  await call('POST', '/labs/training/terminals', { terminalName: 'desk-2', secret: 'dummy-secret' });
  await call('POST', '/labs/training/sessions', { terminalName: 'desk-1' });
}

/** An ENV that its end policy has stopped, and one with a snapshot its schedule took. */
async function fillEnding(call: Caller): Promise<void> {
  const groups = [{ osPrefix: 'tiny' }];
  await call('POST', '/envs', {
    name: 'scheduled',
    snapshotSchedule: { everyMinutes: 1, keep: 3 },
    groups,
  });
  await call('POST', '/envs', { name: 'ended', lifetimeS: 30, endPolicy: 'snapshotThenStop', groups });
  const says = async (path: string, text: string) => JSON.stringify(await call('GET', path)).includes(text);
  await until('its end policy has stopped it', () => says('/envs/ended', '"over":true'), TIMEOUT_MS);
  await until('a snapshot is taken', () => says('/envs/scheduled/snapshots', '"scheduled"'), TIMEOUT_MS);
}
