// One chosen system of the machines being composed: how many copies, how large each, and under "More" its disk, ports, NICs
// and its blocked destinations.
import { type Image, type MachineChoices, type NetKind, newMachineFields, type VmGroup } from '@tt/protocol';
import { action, computed, makeObservable, observable } from 'mobx';
import { DraftCloudInit } from '../cloud-init/draft-cloud-init.ts';
import { parseDestinations } from '../machines/destination-text.ts';
import { parseMebibytes } from '../components/mebibytes.ts';
import { limitsOf } from '../forms/limits.ts';
import { parseDiskSizes } from './disk-sizes.ts';
import { parsePorts } from '../machines/port-request.ts';

export const DEFAULT_MEMORY_MIB = 128;
export const memoryLimits = limitsOf(newMachineFields.memoryMiB);

/** What can be changed of a group. Texts are as typed. */
export interface GroupFields {
  copies: number;
  cpuCount: number;
  memoryMiB: number;
  /** null = the size of the image. */
  diskMiB: number | null;
  /** Sizes in MiB, as typed. */
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
  moreDisks = '';
  choices: MachineChoices = {};
  ports = '';
  netKind: NetKind | null = null;
  nicCount = 1;
  bandwidthMbps: number | null = null;
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
      moreDisks: observable,
      choices: observable,
      ports: observable,
      netKind: observable,
      nicCount: observable,
      bandwidthMbps: observable,
      blacklist: observable,
      isValid: computed,
      change: action,
    });
  }

  /** False when typed ports, destinations or sizes are none. */
  get isValid(): boolean {
    const texts = [parsePorts(this.ports), parseDestinations(this.blacklist), parseDiskSizes(this.moreDisks)];
    return texts.every(Boolean) && this.memoryProblem === null && this.cloudInit.isValid;
  }

  /** What is wrong with the memory as it is typed: nothing is made of another size than the one that is shown. */
  get memoryProblem(): 'none' | 'tooSmall' | 'tooLarge' | null {
    const sizeMiB = parseMebibytes(this.memoryText);
    if (sizeMiB === null) return 'none';
    if (sizeMiB < Math.max(memoryLimits.min, this.image.minMemoryMiB)) return 'tooSmall';
    return sizeMiB > memoryLimits.max ? 'tooLarge' : null;
  }

  typeMemory(text: string): void {
    this.bySearch = false;
    this.memoryText = text;
    const sizeMiB = parseMebibytes(text);
    if (sizeMiB !== null) this.memoryMiB = sizeMiB;
  }

  change(change: Partial<GroupFields>): void {
    this.bySearch = false;
    Object.assign(this, change);
    if (change.memoryMiB !== undefined) this.memoryText = String(change.memoryMiB);
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
