// One chosen system of the machines being composed: how many copies, how large each, and under "More" its disk, ports, NICs
// and what it may not reach.
import type { Image, NetKind, VmGroup, MachineChoices } from '@tt/protocol';
import { action, computed, makeObservable, observable } from 'mobx';
import { DraftCloudInit } from '../cloud-init/draft-cloud-init.ts';
import { parseDestinations } from '../machines/destination-text.ts';
import { parseDiskSizes } from './disk-sizes.ts';
import { parsePorts } from '../machines/port-request.ts';

export const DEFAULT_MEMORY_MIB = 128;

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
    makeObservable(this, {
      bySearch: observable,
      copies: observable,
      cpuCount: observable,
      memoryMiB: observable,
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
    return texts.every(Boolean) && this.cloudInit.isValid;
  }

  change(change: Partial<GroupFields>): void {
    this.bySearch = false;
    Object.assign(this, change);
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
