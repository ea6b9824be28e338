// One chosen system of the machines being composed: how many copies, how large each, and under "More" its disk, ports, NICs
// and its blocked destinations.
import {
  type Image,
  type MachineChoices,
  type NetKind,
  newMachineFields,
  nicSpecSchema,
  type VmGroup,
} from '@tt/protocol';
import { action, computed, makeObservable, observable } from 'mobx';
import { DraftCloudInit } from '../cloud-init/draft-cloud-init.ts';
import { parseDestinations } from '../machines/destination-text.ts';
import { parseMebibytes } from '../components/mebibytes.ts';
import { parseMegabits } from '../components/megabits.ts';
import { type Limits, limitsOf } from '../forms/limits.ts';
import { parseDiskSizes } from './disk-sizes.ts';
import { parsePorts } from '../machines/port-request.ts';

export const DEFAULT_MEMORY_MIB = 128;
export const memoryLimits = limitsOf(newMachineFields.memoryMiB);
export const diskLimits = limitsOf(newMachineFields.diskMiB);
export const bandwidthLimits = limitsOf(nicSpecSchema.shape.bandwidthMbps);

/** What is wrong with an amount as it is typed. */
export type AmountProblem = 'none' | 'tooSmall' | 'tooLarge';

/** What can be changed of a group. Texts are as typed. */
export interface GroupFields {
  copies: number;
  cpuCount: number;
  memoryMiB: number;
  /** null = the size of the image. */
  diskMiB: number | null;
  /** As typed: in MiB, or with a unit. */
  moreDisks: string;
  /** What is left out is as the image needs it, or the default. */
  choices: MachineChoices;
  ports: string;
  /** null = the network of the host. */
  netKind: NetKind | null;
  nicCount: number;
  /** null = no limit. */
  bandwidthMbps: number | null;
  blacklist: string;
}

export class DraftGroup implements GroupFields {
  readonly image: Image;
  /** True while it is chosen only because the typed prefix selects it. */
  bySearch: boolean;
  copies = 1;
  cpuCount = 1;
  memoryMiB: number;
  /** As typed; what it means is in `memoryMiB` while it means something. */
  memoryText: string;
  diskMiB: number | null = null;
  /** As typed, as of the memory; empty: null. */
  diskText = '';
  moreDisks = '';
  choices: MachineChoices = {};
  ports = '';
  netKind: NetKind | null = null;
  nicCount = 1;
  bandwidthMbps: number | null = null;
  /** As typed; empty: null. */
  bandwidthText = '';
  blacklist = '';
  readonly cloudInit = new DraftCloudInit();

  constructor(image: Image, bySearch: boolean) {
    this.image = image;
    this.bySearch = bySearch;
    this.memoryMiB = Math.max(DEFAULT_MEMORY_MIB, image.minMemoryMiB);
    this.memoryText = String(this.memoryMiB);
    makeObservable(this, {
      bySearch: observable,
      copies: observable,
      cpuCount: observable,
      memoryMiB: observable,
      memoryText: observable,
      memoryProblem: computed,
      typeMemory: action,
      diskMiB: observable,
      diskText: observable,
      diskProblem: computed,
      typeDisk: action,
      moreDisks: observable,
      choices: observable,
      ports: observable,
      netKind: observable,
      nicCount: observable,
      bandwidthMbps: observable,
      bandwidthText: observable,
      bandwidthProblem: computed,
      typeBandwidth: action,
      blacklist: observable,
      isValid: computed,
      change: action,
    });
  }

  /** False when typed ports, destinations or sizes are none. */
  get isValid(): boolean {
    const texts = [parsePorts(this.ports), parseDestinations(this.blacklist), parseDiskSizes(this.moreDisks)];
    const problems = [this.memoryProblem, this.diskProblem, this.bandwidthProblem];
    return texts.every(Boolean) && problems.every((problem) => problem === null) && this.cloudInit.isValid;
  }

  /** What is wrong with the memory as it is typed: nothing is made of another size than the one that is shown. */
  get memoryProblem(): AmountProblem | null {
    const min = Math.max(memoryLimits.min, this.image.minMemoryMiB);
    return problemOf(parseMebibytes(this.memoryText), { ...memoryLimits, min });
  }

  /** Empty is the size of the image, below which no disk can be. */
  get diskProblem(): AmountProblem | null {
    if (this.diskText.trim() === '') return null;
    const min = Math.max(diskLimits.min, this.image.minDiskMiB);
    return problemOf(parseMebibytes(this.diskText), { ...diskLimits, min });
  }

  get bandwidthProblem(): AmountProblem | null {
    return this.bandwidthText.trim() === '' ? null : problemOf(parseMegabits(this.bandwidthText), bandwidthLimits);
  }

  typeMemory(text: string): void {
    this.bySearch = false;
    this.memoryText = text;
    const sizeMiB = parseMebibytes(text);
    if (sizeMiB !== null) this.memoryMiB = sizeMiB;
  }

  typeDisk(text: string): void {
    this.bySearch = false;
    this.diskText = text;
    const sizeMiB = parseMebibytes(text);
    if (sizeMiB !== null || text.trim() === '') this.diskMiB = sizeMiB;
  }

  typeBandwidth(text: string): void {
    this.bySearch = false;
    this.bandwidthText = text;
    const mbps = parseMegabits(text);
    if (mbps !== null || text.trim() === '') this.bandwidthMbps = mbps;
  }

  change(change: Partial<GroupFields>): void {
    this.bySearch = false;
    Object.assign(this, change);
    const { memoryMiB, diskMiB, bandwidthMbps } = change;
    if (memoryMiB !== undefined) this.memoryText = String(memoryMiB);
    if (diskMiB !== undefined) this.diskText = String(diskMiB ?? '');
    if (bandwidthMbps !== undefined) this.bandwidthText = String(bandwidthMbps ?? '');
  }

  toRequest(): VmGroup {
    const ports = parsePorts(this.ports) ?? [];
    const blacklist = parseDestinations(this.blacklist) ?? [];
    const disks = (parseDiskSizes(this.moreDisks) ?? []).map((sizeMiB) => ({ sizeMiB }));
    const cloudInit = this.cloudInit.toRequest();
    return {
      osPrefix: this.image.name,
      copies: this.copies,
      cpuCount: this.cpuCount,
      memoryMiB: this.memoryMiB,
      ...(this.diskMiB === null ? {} : { diskMiB: this.diskMiB }),
      ...(disks.length === 0 ? {} : { disks }),
      ...this.choices,
      ...(ports.length === 0 ? {} : { ports }),
      ...this.#nics(),
      ...(blacklist.length === 0 ? {} : { blacklist }),
      ...(cloudInit === undefined ? {} : { cloudInit }),
    };
  }

  /** Says nothing about NICs when they are the ones it would get anyway. */
  #nics(): Pick<VmGroup, 'nics'> {
    const { netKind, nicCount, bandwidthMbps } = this;
    if (netKind === null && nicCount === 1 && bandwidthMbps === null) return {};
    const nic = {
      ...(netKind === null ? {} : { kind: netKind }),
      ...(bandwidthMbps === null ? {} : { bandwidthMbps }),
    };
    return { nics: Array.from({ length: nicCount }, () => nic) };
  }
}

function problemOf(amount: number | null, { min, max }: Limits): AmountProblem | null {
  if (amount === null) return 'none';
  if (amount < min) return 'tooSmall';
  return amount > max ? 'tooLarge' : null;
}
