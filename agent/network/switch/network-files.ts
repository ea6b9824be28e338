// What the switch of each ENV has to know, as files in a folder of the agent (0700): written by the agent, read by the switch, which
// outlives it. `MemoryFiles` is the fake.
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isThere } from '../../host/is-there.ts';
import { contains, parseAddress, parseCidr } from '../address-pool.ts';
import { NetworkError } from '../errors.ts';

const mac = z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const socketPath = z.string().max(4095).startsWith('/');

const nicSchema = z.strictObject({
  mac,
  ip: z.string().max(15),
  hostname: label,
  /** Where the guest's QEMU listens with its NIC, and with its way out. */
  guest: socketPath,
  wayOut: socketPath,
});

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** Of the ENV's network; unique on this host. */
  number: z.number().int().min(1),
  cidr: z.string().max(18),
  domain: z.string().max(253),
  isFenced: z.boolean(),
  nics: z.array(nicSchema).max(65_536),
});

export type SwitchedNic = z.infer<typeof nicSchema>;
export type SwitchedNetwork = z.infer<typeof fileSchema>;

/** A file that can't be read, or is not one of a switched network. */
export interface FileProblem {
  /** Of the network. */
  number: number;
  message: string;
}

export interface NetworkFiles {
  /** Numbers of all networks that have a file. */
  numbers(): Promise<number[]>;
  /** null: it has none. Rejects with NetworkError OPTION_INVALID if it can't be read or is none. */
  read(number: number): Promise<SwitchedNetwork | null>;
  write(network: SwitchedNetwork): Promise<void>;
  /** Idempotent. */
  remove(number: number): Promise<void>;
}

/** 65536 NICs have 20 MiB. */
const LONGEST_BYTES = 32 * 1024 * 1024;
const NAME = /^([1-9]\d{0,8})\.json$/;

/** Where the files are, below the folder of the switches. */
export function networkFolder(directory: string): string {
  return path.join(directory, 'networks');
}

export class FolderFiles implements NetworkFiles {
  readonly #directory: string;

  /** Absolute; it need not exist. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async numbers(): Promise<number[]> {
    if (!(await isThere(this.#directory))) return [];
    const names = await readdir(this.#directory);
    return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
  }

  async read(number: number): Promise<SwitchedNetwork | null> {
    const file = this.#file(number);
    let text: string;
    try {
      const { size } = await stat(file);
      if (size > LONGEST_BYTES) throw invalid(file, `it is too long: ${size} bytes`);
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      // One bad file is no reason to fail for all networks.
      throw error instanceof NetworkError ? error : invalid(file, String(error));
    }
    return readNetwork(text, file);
  }

  async write(network: SwitchedNetwork): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const file = this.#file(network.number);
    const draft = `${file}.new`;
    await writeFile(draft, `${JSON.stringify(network)}\n`, { mode: 0o600 });
    // A reader sees the old content or the new.
    await rename(draft, file);
  }

  async remove(number: number): Promise<void> {
    await rm(this.#file(number), { force: true });
  }

  #file(number: number): string {
    return path.join(this.#directory, `${number}.json`);
  }
}

/** OPTION_INVALID, with the name of the file. */
export function readNetwork(text: string, file: string): SwitchedNetwork {
  const network = fileSchema.safeParse(asJson(text, file));
  if (!network.success) throw invalid(file, network.error.issues[0]?.message ?? 'unknown');
  const block = parseCidr(network.data.cidr);
  const stranger = network.data.nics.find(({ ip }) => !contains(block, parseAddress(ip)));
  if (stranger) throw invalid(file, `${stranger.ip} is not an address of ${network.data.cidr}`);
  return network.data;
}

function asJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(file, String(error));
  }
}

function invalid(file: string, why: string): NetworkError {
  return new NetworkError('OPTION_INVALID', `${file} is not the file of a switched network: ${why}`);
}

/** In memory: the fake. */
export class MemoryFiles implements NetworkFiles {
  readonly #networks = new Map<number, SwitchedNetwork>();
  readonly #broken = new Set<number>();

  /** From now on it can’t be read, until it is written again or removed. */
  breakFile(number: number): void {
    this.#broken.add(number);
  }

  async numbers(): Promise<number[]> {
    return [...this.#networks.keys()];
  }

  async read(number: number): Promise<SwitchedNetwork | null> {
    if (this.#broken.has(number)) throw invalid(`${number}.json`, 'the test broke it');
    return this.#networks.get(number) ?? null;
  }

  async write(network: SwitchedNetwork): Promise<void> {
    this.#broken.delete(network.number);
    this.#networks.set(network.number, readNetwork(JSON.stringify(network), 'memory'));
  }

  async remove(number: number): Promise<void> {
    this.#broken.delete(number);
    this.#networks.delete(number);
  }
}
