// A fake `zfs` command of a pool with volumes, which zfs-fuse does not support: each volume is a file in place of its device.
// Its output is that of the real command, so that the storage can be tested against its contract on volumes too.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { StorageError } from '../errors.ts';
import { heldBytes, incrementOf } from './fake-increment.ts';
import type { ZfsRunner } from './zfs-tool.ts';

interface Volume {
  origin: string | null;
  properties: Map<string, string>;
}

export class FakeZfs {
  /** The executed commands, one command line each. */
  readonly calls: string[] = [];
  /** Where its volumes have their devices. */
  readonly devices: string;
  readonly #dataset: string;
  readonly #mountpoint: string;
  readonly #snapshots: string;
  /** Volumes, and their snapshots by names with `@`. */
  readonly #volumes = new Map<string, Volume>();
  /** Snapshots that go with their last clone. */
  readonly #deferred = new Set<string>();

  constructor(root: string, dataset: string, mountpoint: string) {
    this.devices = path.join(root, 'devices');
    this.#snapshots = path.join(root, 'snapshots');
    this.#dataset = dataset;
    this.#mountpoint = mountpoint;
    mkdirSync(path.join(this.devices, dataset), { recursive: true });
    mkdirSync(path.join(this.#snapshots, dataset), { recursive: true });
  }

  readonly run: ZfsRunner = async (args, options) => {
    this.calls.push(args.join(' '));
    const [verb = '', ...rest] = args;
    const name = rest.at(-1) ?? '';
    switch (verb) {
      case 'list':
        return rest.includes('-r') ? this.#list() : `${this.#known(name)}\n`;
      case 'get':
        return rest.includes('-r') ? this.#getAll(rest.at(-2) ?? '') : `${this.#property(name, rest.at(-2) ?? '')}\n`;
      case 'set':
        return this.#set(name, rest[0] ?? '');
      case 'create':
        return this.#make(name, null, () => {
          writeFileSync(this.#file(name), '');
          truncateSync(this.#file(name), Number(rest[2]));
        });
      case 'snapshot':
        this.#known(name.split('@')[0] ?? '');
        return this.#make(name, null, () => copyFileSync(this.#file(name.split('@')[0] ?? ''), this.#file(name)));
      case 'clone': {
        const origin = this.#known(rest[0] ?? '');
        return this.#make(name, origin, () => copyFileSync(this.#file(origin), this.#file(name)));
      }
      case 'rename':
        return this.#rename(rest[0] ?? '', name);
      case 'send':
        return this.#send(this.#known(rest[1] ?? ''), this.#known(name), options?.onBytes);
      case 'destroy':
        return this.#destroy(name, rest[0] ?? '');
      default:
        throw new StorageError('STORAGE_FAILED', `zfs: unrecognized command '${verb}'`);
    }
  };

  #file(name: string): string {
    return path.join(name.includes('@') ? this.#snapshots : this.devices, name);
  }

  #known(name: string): string {
    if (name === this.#dataset || this.#volumes.has(name)) return name;
    throw new StorageError('STORAGE_FAILED', `cannot open '${name}': dataset does not exist`);
  }

  #list(): string {
    const deferred = (name: string) => (name.includes('@') ? (this.#deferred.has(name) ? 'on' : 'off') : '-');
    const rows = [...this.#volumes].map(([name, { origin }]) => `${name}\t${origin ?? '-'}\t${deferred(name)}\n`);
    return [`${this.#dataset}\t-\t-\n`, ...rows].join('');
  }

  #getAll(property: string): string {
    return [...this.#volumes.keys()].map((name) => `${name}\t${this.#property(name, property)}\n`).join('');
  }

  #property(name: string, property: string): string {
    if (this.#known(name) === this.#dataset) {
      return { mountpoint: this.#mountpoint, mounted: 'yes', available: '1000000000', used: '1000' }[property] ?? '-';
    }
    if (property === 'type') return name.includes('@') ? 'snapshot' : 'volume';
    if (property === 'volsize' || property === 'usedbydataset') return String(statSync(this.#file(name)).size);
    if (property === 'referenced') return String(heldBytes(this.#file(name)));
    if (property === 'used') return String(this.#usedBytes(name));
    return this.#volumes.get(name)?.properties.get(property) ?? '-';
  }

  /** A snapshot holds all of itself, as the fake shares nothing. */
  #usedBytes(name: string): number {
    const own = [...this.#volumes.keys()].filter((other) => other === name || other.startsWith(`${name}@`));
    return own.reduce((bytes, volume) => bytes + statSync(this.#file(volume)).size, 0);
  }

  #set(name: string, assignment: string): string {
    const [property = '', value = ''] = assignment.split('=');
    this.#known(name);
    if (property === 'volsize') truncateSync(this.#file(name), Number(value));
    else this.#volumes.get(name)?.properties.set(property, value);
    return '';
  }

  #make(name: string, origin: string | null, fill: () => void): string {
    if (this.#volumes.has(name)) {
      throw new StorageError('STORAGE_FAILED', `cannot create '${name}': dataset already exists`);
    }
    fill();
    this.#volumes.set(name, { origin, properties: new Map() });
    return '';
  }

  #send(from: string, to: string, onBytes?: (bytes: Buffer) => void): string {
    const [line = ''] = to.split('@');
    const known = [...this.#volumes.keys()];
    const isEarlier = from.startsWith(`${line}@`) && known.indexOf(from) < known.indexOf(to);
    if (!isEarlier && this.#volumes.get(line)?.origin !== from) {
      throw new StorageError(
        'STORAGE_FAILED',
        `warning: cannot send '${to}': not an earlier snapshot from the same fs`,
      );
    }
    onBytes?.(incrementOf(this.#file(from), this.#file(to)));
    return '';
  }

  #rename(from: string, to: string): string {
    const volume = this.#volumes.get(this.#known(from));
    renameSync(this.#file(from), this.#file(to));
    this.#volumes.delete(from);
    if (volume) this.#volumes.set(to, volume);
    for (const other of this.#volumes.values()) if (other.origin === from) other.origin = to;
    if (this.#deferred.delete(from)) this.#deferred.add(to);
    return '';
  }

  #destroy(name: string, flag: string): string {
    this.#known(name);
    const snapshots = [...this.#volumes.keys()].filter((other) => other.startsWith(`${name}@`));
    const isCloned = (of: string) => [...this.#volumes.values()].some(({ origin }) => origin === of);
    if (flag === '-d' && isCloned(name)) {
      this.#deferred.add(name);
      return '';
    }
    if (isCloned(name) || snapshots.some(isCloned)) {
      throw new StorageError('STORAGE_FAILED', `cannot destroy '${name}': filesystem has dependent clones`);
    }
    if (snapshots.length > 0 && flag !== '-r') {
      throw new StorageError('STORAGE_FAILED', `cannot destroy '${name}': volume has children`);
    }
    const { origin = null } = this.#volumes.get(name) ?? {};
    for (const gone of [...snapshots, name]) {
      if (existsSync(this.#file(gone))) rmSync(this.#file(gone));
      this.#volumes.delete(gone);
    }
    if (origin !== null && this.#deferred.has(origin) && !isCloned(origin)) {
      this.#deferred.delete(origin);
      this.#destroy(origin, '');
    }
    return '';
  }
}
