// An ENV as it is -> a file that describes it, and that plans nothing when it is applied. Secrets are left out: passwords, keys, and
// the commands and files of guest setups, which may hold some.
import { BOOT_DISK, bootDiskMiB, type EnvDetail, type EnvFileText, plainSpec, type Vm, visible } from '@tt/protocol';
import { Document, isScalar, visit } from 'yaml';
import { isSame } from './plan-step.ts';
import { lifetimeOf } from './plan-env.ts';
import { firstMedium, moreDisks } from './drive-steps.ts';

type GroupText = NonNullable<EnvFileText['groups']>[number];

export interface ExportedEnv {
  file: EnvFileText;
  /** VMs whose guest setup is more than the file says. */
  partlySetUp: string[];
}

export function exportedEnv({ env, vms }: EnvDetail): ExportedEnv {
  const { name, title, notes, tags, endPolicy, denyOutgoing, snapshotSchedule } = env;
  const groups: { text: GroupText; copies: number }[] = [];
  for (const vm of vms) {
    const text = groupOf(vm);
    const same = groups.find((group) => isSame(group.text, text));
    if (same) same.copies++;
    else groups.push({ text, copies: 1 });
  }
  return {
    file: {
      name,
      title,
      ...(notes !== undefined && { notes }),
      tags,
      lifetimeS: lifetimeOf(env),
      endPolicy,
      denyOutgoing,
      snapshotSchedule,
      groups: groups.map(({ text: { osPrefix, ...rest }, copies }) => ({
        ...(osPrefix && { osPrefix }),
        copies,
        ...rest,
      })),
    },
    partlySetUp: vms.filter(isPartlySetUp).map((vm) => vm.name),
  };
}

function groupOf(vm: Vm): GroupText {
  const { spec, cloudInit } = vm;
  const boot = spec.disks.find(({ name }) => name === BOOT_DISK);
  return {
    ...(vm.image !== '' && { osPrefix: vm.image }),
    ...plainSpec(spec),
    diskMiB: bootDiskMiB(spec),
    ...(boot?.limits && { diskLimits: boot.limits }),
    disks: moreDisks(vm).map(({ sizeMiB, limits }) => ({ sizeMiB, ...(limits && { limits }) })),
    medium: firstMedium(vm),
    ports: spec.ports.filter(({ protocol, guestPort }) => protocol !== 'tcp' || guestPort !== 22),
    nics: vm.nics.map(({ kind, bandwidthMbps }) => ({ kind, bandwidthMbps })),
    blacklist: spec.blacklist,
    ...(cloudInit && { cloudInit: { user: cloudInit.user } }),
  };
}

function isPartlySetUp({ cloudInit }: Vm): boolean {
  if (!cloudInit) return false;
  const { hasPassword, commands, filePaths } = cloudInit;
  return hasPassword || commands?.length !== 0 || filePaths?.length !== 0;
}

/** One YAML document, in letters that no terminal obeys. */
export function envFileYaml({ file, partlySetUp }: ExportedEnv): string {
  const document = new Document(file, { version: '1.2', compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      // Between double quotes, what `visible` writes for a character is the escape of that character.
      if (isScalar(node) && typeof node.value === 'string' && visible(node.value) !== node.value)
        node.type = 'QUOTE_DOUBLE';
    },
  });
  if (partlySetUp.length > 0) {
    document.commentBefore = ` Not in this file: passwords, commands and files of the guest setup of ${partlySetUp.join(', ')}`;
  }
  return visible(document.toString({ lineWidth: 0 }));
}
