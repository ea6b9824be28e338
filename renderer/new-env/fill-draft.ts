// A file of an ENV -> the New ENV form, where the form can show all of it. Pure but for the draft, which is changed only then.
import {
  choiceFieldNames,
  type EnvFileGroup,
  type Image,
  imagesForPrefix,
  newDefaultOf,
  plainFieldNames,
  type TemplateFile,
  type VmGroup,
} from '@tt/protocol';
import type { EnvFileCode } from '../env-file/checked-text.ts';
import { portsText } from '../machines/port-request.ts';
import { DraftGroup } from './draft-group.ts';
import type { NewEnvDraft } from './new-env-draft.ts';

/** What the form has no place for. */
const withoutPlace = ['title', 'notes', 'tags', 'snapshotSchedule', 'vni'] as const;

/** False: the file says what the form can’t show, and the draft is as it was. */
export function fillDraft(
  draft: NewEnvDraft,
  file: TemplateFile,
  images: readonly Image[],
  isSame: EnvFileCode['isSame'],
): boolean {
  if (withoutPlace.some((field) => !isEmpty(file[field]))) return false;
  const groups: DraftGroup[] = [];
  for (const wanted of file.groups ?? []) {
    const found = wanted.osPrefix === undefined ? [] : imagesForPrefix(images, wanted.osPrefix);
    const shown = found.map((image) => groupOf(wanted, image));
    if (shown.length === 0 || !shown.every((group) => says(group.toRequest(), wanted, isSame))) return false;
    groups.push(...shown);
  }
  // The form has one place for each image.
  if (new Set(groups.map(({ image }) => image.name)).size !== groups.length) return false;
  draft.setGroups(groups);
  if (file.lifetimeS !== undefined) draft.setLifetime({ kind: 'seconds', seconds: file.lifetimeS });
  draft.setEndPolicy(file.endPolicy ?? 'delete');
  draft.setOptions({ denyOutgoing: file.denyOutgoing === true, sameUuid: file.sameUuid === true });
  return true;
}

function groupOf(wanted: EnvFileGroup, image: Image): DraftGroup {
  const group = new DraftGroup(image, false);
  const { copies, cpuCount, memoryMiB, diskMiB, disks = [], ports = [], nics = [], blacklist = [], cloudInit } = wanted;
  const choices = Object.fromEntries(
    choiceFieldNames.flatMap((name) => (wanted[name] === undefined ? [] : [[name, wanted[name]]])),
  );
  const [nic] = nics;
  group.change({
    copies,
    cpuCount: cpuCount ?? group.cpuCount,
    memoryMiB: memoryMiB ?? group.memoryMiB,
    diskMiB: diskMiB ?? null,
    moreDisks: disks.map(({ sizeMiB }) => sizeMiB).join(', '),
    choices,
    ports: portsText(ports),
    netKind: nic?.kind ?? null,
    nicCount: Math.max(1, nics.length),
    bandwidthMbps: nic?.bandwidthMbps ?? null,
    blacklist: blacklist.join(', '),
  });
  if (cloudInit) {
    const { user = '', password = '', hostname = '', commands = [] } = cloudInit;
    group.cloudInit.change({ isOn: true, user, password, hostname, commands: commands.join('\n') });
  }
  return group;
}

/** Whether the form asks for all that is wanted. */
function says(request: VmGroup, wanted: EnvFileGroup, isSame: EnvFileCode['isSame']): boolean {
  const { osPrefix: _prefix, ...rest } = wanted;
  const asked = new Map<string, unknown>(Object.entries(request));
  return Object.entries(rest).every(([field, value]) => {
    if (isEmpty(value) || isSame(bare(value), bare(asked.get(field)))) return true;
    const plain = plainFieldNames.find((name) => name === field);
    return plain !== undefined && !asked.has(field) && value === newDefaultOf(plain);
  });
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

/** Without what is empty. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (isEmpty(inner) ? [] : [[key, bare(inner)]])),
  );
}
