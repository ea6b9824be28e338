// What of an agent a test may replace.
import type { Cgroups } from '../cgroups/interface.ts';
import type { EngineEntry } from '../engines/engines.ts';
import type { Firewall } from '../firewall/interface.ts';
import type { UefiPlace } from '../firmware/uefi.ts';
import type { HostClock } from '../host/boot-clock.ts';
import type { Recipe } from '../images/recipe.ts';
import type { KvmWatchOptions } from '../operations/vms/kvm-watch.ts';
import type { Storage } from '../storage/interface.ts';

/** Where a test may put its own in; each is otherwise chosen by the configuration. */
export interface TestOverrides {
  now?: () => Date;
  /** Both clocks, for tests of clocks that jump; default: the host's, or one that follows `now`. */
  clock?: HostClock;
  engines?: readonly EngineEntry[];
  storage?: Storage;
  cgroups?: Cgroups;
  recipes?: readonly Recipe[];
  /** The clock of the watch over guests with KVM, and how often it looks; default: real time, every 5 s. */
  kvmWatch?: KvmWatchOptions & { lookEveryMs: number };
  uefiPlaces?: readonly UefiPlace[];
  /** How often lifetimes are looked at; default: every five seconds. */
  expiryLookMs?: number;
  /** How often the disk is looked after; default: every five seconds. */
  diskLookMs?: number;
  /** How often what disks take is measured; default: once a minute. */
  storedLookMs?: number;
  /** In place of the fake firewall of bridges. */
  firewall?: Firewall;
  /** The address of the host of now; default: that of its first interface. */
  hostAddress?: () => string;
  /** How often other firewalls and the address of the host are looked at; default: every 10 s and every 5 s. */
  hostLookMs?: number;
  /** Told of each named step of an operation; a test may end the process there. */
  checkpoint?: (step: string) => void;
}
