// Pure: a VM's setup -> the seed CD its guest reads at first boot. The files are those of cloud-init's NoCloud data source, and
// `tt-setup`, the same in lines a shell can read, for TT's tiny image.

import type { CloudInitRecord } from './cloud-init-record.ts';
import { RUNNER, runnerFiles } from './command-runner.ts';
import { dropbearKey, type SshKeyPair } from './openssh-key.ts';
import { writeCd } from './iso9660.ts';

export interface SeedVm {
  /** Another id makes a guest that has been set up already begin again: a clone is another VM. */
  id: string;
  hostname: string;
  macs: readonly string[];
  createdAt: string;
  cloudInit: CloudInitRecord;
}

export interface SeedKeys {
  /** Who may log in: the public key of its ENV. */
  envPublicKey: string;
  /** What the guest proves itself with. */
  hostKey: SshKeyPair;
}

export function seedCd(vm: SeedVm, given: SeedKeys): Buffer {
  const files = seedFiles(vm, given);
  return writeCd({
    volumeId: 'cidata',
    files: Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) })),
    date: new Date(vm.createdAt),
  });
}

/** By name. JSON is YAML. */
export function seedFiles(vm: SeedVm, { envPublicKey, hostKey }: SeedKeys): Record<string, string> {
  const keys = [envPublicKey, ...vm.cloudInit.sshKeys];
  const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;
  return {
    'meta-data': json({ 'instance-id': vm.id, 'local-hostname': vm.hostname }),
    'network-config': json(networkConfig(vm.macs)),
    'user-data': `#cloud-config\n${json(cloudConfig(vm, keys, hostKey))}`,
    'tt-setup': ttSetup(vm, keys, hostKey),
  };
}

/** All NICs use DHCP: TT's networks assign each its fixed address. The first one has the default route. */
function networkConfig(macs: readonly string[]): object {
  const nics = macs.map((mac, index) => [
    `nic${index}`,
    {
      match: { macaddress: mac },
      dhcp4: true,
      'dhcp-identifier': 'mac',
      'dhcp4-overrides': { 'route-metric': 100 * (index + 1) },
    },
  ]);
  return { version: 2, ethernets: Object.fromEntries(nics) as object };
}

function cloudConfig({ hostname, cloudInit }: SeedVm, keys: readonly string[], hostKey: SshKeyPair): object {
  const { user, password } = cloudInit;
  const isRoot = user === 'root';
  const made = { name: user, ssh_authorized_keys: keys, shell: '/bin/bash', lock_passwd: password === null };
  return {
    hostname,
    manage_etc_hosts: true,
    disable_root: !isRoot,
    // The only host key it has: those of the image, or of the VM it is a copy of, are deleted.
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
    users: [isRoot ? { name: 'root', ssh_authorized_keys: keys } : { ...made, sudo: 'ALL=(ALL) NOPASSWD:ALL' }],
    ...(password === null
      ? {}
      : { chpasswd: { expire: false, users: [{ name: user, password, type: 'text' }] }, ssh_pwauth: false }),
    write_files: [...cloudInit.files, ...runnerFiles(cloudInit.commands)].map(({ path, contentBase64, mode }) => ({
      path,
      encoding: 'b64',
      content: contentBase64,
      permissions: mode,
    })),
    runcmd: [['sh', RUNNER]],
  };
}

/** Read by `/usr/lib/tt/read-seed` of the tiny image: a keyword, a space, and its value. */
function ttSetup({ id, hostname, cloudInit }: SeedVm, keys: readonly string[], hostKey: SshKeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return [
    `instance ${id}`,
    `hostname ${hostname}`,
    `hostkey ${dropbearKey(hostKey).toString('base64')}`,
    `user ${cloudInit.user}`,
    ...(cloudInit.password === null ? [] : [`password ${base64(cloudInit.password)}`]),
    ...keys.map((key) => `key ${key}`),
    ...[...cloudInit.files, ...runnerFiles(cloudInit.commands)].map(
      ({ path, contentBase64, mode }) => `file ${mode} ${base64(path)} ${contentBase64}`,
    ),
    `run ${RUNNER}`,
    '',
  ].join('\n');
}
