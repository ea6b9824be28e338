// The parts of an agent that a test can replace.
import type { Cgroups } from '../cgroups/interface.ts';
import type { Machine } from '../doctor/machine.ts';
import type { EngineEntry } from '../engines/engines.ts';
import type { Firewall } from '../firewall/interface.ts';
import type { UefiPlace } from '../firmware/uefi.ts';
import type { HostClock } from '../host/boot-clock.ts';
import type { Recipe } from '../images/recipe.ts';
import type { KvmWatchOptions } from '../operations/vms/kvm-watch.ts';
import type { PasswordCost } from '../people/passwords.ts';
import type { Storage } from '../storage/interface.ts';

/** Parts that a test can replace; otherwise the configuration chooses them. */
export interface TestOverrides {
  now?: () => Date;
  /** Both clocks, for tests of clocks that jump; default: the host's, or one that follows `now`. */
  clock?: HostClock;
  engines?: readonly EngineEntry[];
  storage?: Storage;
  cgroups?: Cgroups;
  recipes?: readonly Recipe[];
  /** The clock and the period of the watch over guests with KVM; default: real time, every 5 s. */
  kvmWatch?: KvmWatchOptions & { lookEveryMs: number };
  uefiPlaces?: readonly UefiPlace[];
  /** How often lifetimes are checked; default: every five seconds. */
  expiryLookMs?: number;
  /** How often the disk is checked; default: every five seconds. */
  diskLookMs?: number;
  /** How often what disks take is measured; default: once a minute. */
  storedLookMs?: number;
  /** How often a guest of an image that is being warmed is checked; default: twice a second. */
  warmLookMs?: number;
  /** How often images to be kept warm are chosen; default: once a minute. */
  warmTaskMs?: number;
  /** In place of the fake firewall of bridges. */
  firewall?: Firewall;
  /** The address of the host of now; default: that of its first interface. */
  hostAddress?: () => string;
  /** How often other firewalls and the address of the host are checked; default: every 10 s and every 5 s. */
  hostLookMs?: number;
  /** How often guests that have not answered yet are asked; default: every 2 s. */
  readinessLookMs?: number;
  /** The program that is put into images and guests; default: the one that was built with the agent. */
  guestHelper?: () => Promise<Uint8Array | null>;
  /** What a hash of a password takes; default: what is right for real ones. */
  passwordCost?: PasswordCost;
  /** The machine that the doctor examines when an administrator asks the agent; default: this one. */
  doctorMachine?: Machine;
  /** Called at each named step of an operation; a test can end the process there. */
  checkpoint?: (step: string) => void;
}
