// Limits how many records and how much text one user can have. Every window loads all records, so one user who keeps creating
// must not make it slow for others; limits count for the owner, whoever makes the call, and apply to administrators too
// (decision 0052).
import { type LimitsUsed, type RecordLimit, recordLimits, TtError } from '@tt/protocol';
import type { CloudInitRecord } from '../../cloud-init/cloud-init-record.ts';
import type { AgentConfig } from '../../config.ts';
import type { ProfileRecord } from '../../state/records.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';

const KIB = 1024;

/** What one owner has, or is about to get, in the units of the limits; texts in bytes. */
type Counted = Exclude<RecordLimit, 'textKiB'>;
export type RecordCount = Partial<Record<Counted, number>> & { textBytes?: number };

/** What is counted, for functions that pass their services on. */
export type RecordServices = Pick<Services, 'settings' | 'inventory' | 'images' | 'labs' | 'templates'>;

/** What owners have, and how much they may. */
interface Sources extends Pick<Services, 'inventory' | 'labs' | 'templates'> {
  settings: { readonly current: Pick<AgentConfig, 'limits'> };
  images: Pick<Services['images'], 'list'>;
}

/** Throws LIMIT_REACHED, naming the first limit of `owner` that `wanted` exceeds. Reductions are always allowed. */
export function admitRecords(services: Sources, owner: string, wanted: RecordCount): void {
  const { limits } = services.settings.current;
  const { textBytes = 0, ...counts } = wanted;
  for (const [limit, more] of Object.entries(counts) as [Counted, number][]) {
    if (more <= 0) continue;
    const used = countOf[limit](services, owner);
    refuseBeyond(owner, limit, limits[limit], used, more);
  }
  if (textBytes <= 0) return;
  const usedKiB = Math.ceil(textBytesOf(services, owner) / KIB);
  refuseBeyond(owner, 'textKiB', limits.textKiB, usedKiB, Math.ceil(textBytes / KIB));
}

/** What `owner` has of everything that is limited, and may have at most. */
export function limitsUsedBy(services: Sources, owner: string): LimitsUsed {
  const { limits } = services.settings.current;
  const usedOf = (limit: RecordLimit) =>
    limit === 'textKiB' ? Math.ceil(textBytesOf(services, owner) / KIB) : countOf[limit](services, owner);
  return Object.fromEntries(
    recordLimits.map((limit) => [limit, { used: usedOf(limit), total: limits[limit] }]),
  ) as LimitsUsed;
}

function refuseBeyond(user: string, limit: RecordLimit, total: number, used: number, wanted: number): void {
  if (used + wanted > total) throw new TtError('LIMIT_REACHED', { user, limit, total, used, wanted });
}

const countOf: Record<Counted, (services: Sources, owner: string) => number> = {
  envs: ({ inventory }, owner) => inventory.envs().filter((env) => env.owner === owner).length,
  vms: ({ inventory }, owner) => envsOf(inventory, owner).reduce((sum, name) => sum + inventory.vmsOf(name).length, 0),
  snapshots({ inventory }, owner) {
    const theirs = new Set(envsOf(inventory, owner));
    return inventory.snapshots().filter(({ envName }) => theirs.has(envName)).length;
  },
  images: ({ images }, owner) => images.list().filter((image) => image.owner === owner).length,
  labs: ({ labs }, owner) => labs.labs().filter((lab) => lab.owner === owner).length,
  terminals: ({ labs }, owner) =>
    labs.labs().reduce((sum, lab) => sum + (lab.owner === owner ? lab.terminals.length : 0), 0),
  profiles: ({ labs }, owner) => labs.profiles().filter((profile) => profile.owner === owner).length,
  templates: ({ templates }, owner) => templates.list().filter((template) => template.owner === owner).length,
};

function envsOf(inventory: Services['inventory'], owner: string): string[] {
  return inventory.envs().flatMap((env) => (env.owner === owner ? [env.name] : []));
}

/** Bytes of user texts: titles, notes, tags, scripts, templates, and the setup of guests. */
function textBytesOf({ inventory, labs, templates }: Sources, owner: string): number {
  const theirs = new Set(envsOf(inventory, owner));
  let bytes = 0;
  for (const env of inventory.envs()) {
    if (!theirs.has(env.name)) continue;
    bytes += textSize(env.title, env.notes, ...env.tags);
    for (const { guest } of inventory.vmsOf(env.name)) bytes += cloudInitSize(guest.cloudInit);
  }
  for (const { envName, title, notes } of inventory.snapshots()) {
    if (theirs.has(envName)) bytes += textSize(title, notes);
  }
  for (const lab of labs.labs()) if (lab.owner === owner) bytes += textSize(lab.title, lab.notes);
  for (const profile of labs.profiles()) if (profile.owner === owner) bytes += profileTextSize(profile);
  for (const { owner: whose, text } of templates.list()) if (whose === owner) bytes += textSize(text);
  return bytes;
}

/** Bytes of texts in UTF-8; absent ones count zero. */
export function textSize(...texts: readonly (string | undefined)[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
}

/** Bytes of one guest's setup. */
export function cloudInitSize(record: CloudInitRecord | null): number {
  if (!record) return 0;
  const files = record.files.flatMap(({ path, contentBase64 }) => [path, contentBase64]);
  return textSize(...record.commands, ...record.sshKeys, ...files);
}

/** Bytes of the guest setup of planned VMs. */
export function plannedTextSize(planned: readonly { cloudInit: CloudInitRecord | null }[]): number {
  return planned.reduce((sum, { cloudInit }) => sum + cloudInitSize(cloudInit), 0);
}

/** What copies of these VMs add, `times` each. */
export function copiedRecords(sources: readonly { vm: Pick<VmRecord, 'guest'> }[], times: number): RecordCount {
  const bytes = sources.reduce((sum, { vm: { guest } }) => sum + cloudInitSize(guest.cloudInit), 0);
  return { vms: sources.length * times, textBytes: bytes * times };
}

/** Bytes of the texts of a profile and of its versions. */
export function profileTextSize({ title, notes, startScript, versions }: ProfileRecord): number {
  return textSize(title, notes, startScript, ...versions.map((version) => version.notes));
}
