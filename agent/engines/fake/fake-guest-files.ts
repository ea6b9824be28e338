// Files of a fake guest, as the helper's own commands pass them (`agent/guest-helper/files.c`). Three folders are special, for tests:
// /full has no space, /locked refuses everybody, and below /flaky each file loses its connection once, after its first bytes.
import { createHash } from 'node:crypto';
import { FRAME } from '../../guest-channel/frame.ts';
import type { FakeFiles } from '../../storage/fake-disk.ts';
import { type CommandPort, type FakeCommand, FakeOutput } from './fake-command-output.ts';
import { type FakeMachineParts, readGuestFile, writeGuestFile } from './fake-shell.ts';

const E = { noEntry: 2, access: 13, exists: 17, notFolder: 20, isFolder: 21, invalid: 22, noSpace: 28, badMessage: 74 };
const CANCELED = 125;
/** What comes of a file below /flaky before its connection is lost. */
const FIRST_BYTES = 16 * 1024;

/** What a FakeFiles can't hold, until the machine ends. */
interface Extras {
  modes: Map<string, number>;
  folders: Set<string>;
  /** What has come of files that are not whole, by path and content. */
  begun: Map<string, Buffer>;
  /** Those that lost their connection already. */
  lost: Set<string>;
}

const extras = new WeakMap<FakeMachineParts, Extras>();

function extrasOf(parts: FakeMachineParts): Extras {
  const known = extras.get(parts) ?? { modes: new Map(), folders: new Set(['/']), begun: new Map(), lost: new Set() };
  extras.set(parts, known);
  return known;
}

/** Starts `folders`, `put`, `get` or `list`; null for anything else. */
export function startBuiltIn(parts: FakeMachineParts, argv: readonly string[], port: CommandPort): FakeCommand | null {
  const output = new FakeOutput(port);
  switch (argv[0]) {
    case 'folders':
      makeFolders(parts, argv, output);
      return output;
    case 'put':
      return new FakePut(parts, argv, port, output);
    case 'get':
      getFile(parts, argv, output);
      return output;
    case 'list':
      listFiles(parts, argv, output);
      return output;
    default:
      return null;
  }
}

function begunKey({ sha256, path }: { sha256: string; path: string }): string {
  return `${sha256} ${path}`;
}

/** What has come of a put in steps: `bytes` behind the first `offset`; null: nothing. True for one that is to be lost, as below /flaky. */
export function keepBegun(
  parts: FakeMachineParts,
  { path, sha256, offset }: { path: string; sha256: string; offset: number },
  bytes: Buffer | null,
): boolean {
  const { begun, lost } = extrasOf(parts);
  const key = begunKey({ sha256, path });
  const before = (begun.get(key) ?? Buffer.alloc(0)).subarray(0, offset);
  if (bytes) begun.set(key, Buffer.concat([before, bytes]));
  else begun.delete(key);
  if (bytes === null || !path.startsWith('/flaky/') || lost.has(path)) return false;
  lost.add(path);
  return true;
}

class FakePut implements FakeCommand {
  readonly #parts: FakeMachineParts;
  readonly #port: CommandPort;
  readonly #output: FakeOutput;
  readonly #request: { path: string; mode: number; size: number; sha256: string };
  #pieces: Buffer[] = [];
  #isOver = false;

  constructor(parts: FakeMachineParts, argv: readonly string[], port: CommandPort, output: FakeOutput) {
    this.#parts = parts;
    this.#port = port;
    this.#output = output;
    const [, path = '', mode = '', owner = '', size = '', sha256 = '', overwrites] = argv;
    this.#request = { path, mode: Number.parseInt(mode, 8), size: Number(size), sha256 };
    const isThere = readGuestFile(parts, path) !== null;
    const folder = folderOf(path);
    if (isFolder(parts, path)) this.#fail(E.isFolder);
    else if (isThere && overwrites !== '1') this.#fail(E.exists);
    else if (path.startsWith('/locked/')) this.#fail(E.access);
    else if (!isFolder(parts, folder)) this.#fail(E.noEntry);
    else if (owner.includes('nobody-of-that-name')) this.#fail(E.noEntry);
    else {
      const begun = extrasOf(parts).begun.get(this.#key) ?? Buffer.alloc(0);
      this.#pieces = [begun];
      output.print(1, Buffer.from(`offset ${begun.length}\n`));
    }
  }

  stdin(bytes: Buffer): void {
    if (this.#isOver) return;
    const { path } = this.#request;
    if (path.startsWith('/full/')) {
      this.#fail(E.noSpace);
      return;
    }
    this.#pieces.push(Buffer.from(bytes));
    const credit = Buffer.alloc(4);
    credit.writeUInt32LE(bytes.length);
    const { lost, begun } = extrasOf(this.#parts);
    if (path.startsWith('/flaky/') && !lost.has(path)) {
      lost.add(path);
      begun.set(this.#key, Buffer.concat(this.#pieces));
      this.#isOver = true;
      this.#port.drop();
      return;
    }
    this.#port.send(FRAME.stdinCredit, credit);
  }

  stdinEnd(): void {
    if (this.#isOver) return;
    const { path, mode, size, sha256 } = this.#request;
    const { begun, modes } = extrasOf(this.#parts);
    const content = Buffer.concat(this.#pieces);
    if (content.length < size) {
      begun.set(this.#key, content);
      this.#fail(CANCELED);
      return;
    }
    begun.delete(this.#key);
    if (createHash('sha256').update(content).digest('hex') !== sha256) {
      this.#fail(E.badMessage);
      return;
    }
    this.#isOver = true;
    writeGuestFile(this.#parts, path, toText(content));
    modes.set(path, mode);
    this.#output.print(1, Buffer.from('done\n'));
    this.#output.exit(0);
  }

  credit(channel: number, bytes: number): void {
    this.#output.credit(channel, bytes);
  }

  get #key(): string {
    return begunKey(this.#request);
  }

  #fail(errno: number): void {
    this.#isOver = true;
    this.#output.fail(errno, this.#request.path);
  }
}

function makeFolders(
  parts: FakeMachineParts,
  [, base = '', , , ...names]: readonly string[],
  output: FakeOutput,
): void {
  const { folders } = extrasOf(parts);
  for (const folder of [base, ...names.map((name) => `${base === '/' ? '' : base}/${name}`)]) {
    let at = '';
    for (const part of folder.split('/').slice(1)) {
      at += `/${part}`;
      if (readGuestFile(parts, at) !== null) {
        output.fail(E.notFolder, at);
        return;
      }
      if (at.startsWith('/locked/')) {
        output.fail(E.access, at);
        return;
      }
      folders.add(at);
    }
  }
  output.print(1, Buffer.from('done\n'));
  output.exit(0);
}

function getFile(parts: FakeMachineParts, [, path = '', offset = '0']: readonly string[], output: FakeOutput): void {
  const text = readGuestFile(parts, path);
  if (text === null) {
    output.fail(isFolder(parts, path) ? E.isFolder : E.noEntry, path);
    return;
  }
  const content = toBytes(text);
  if (Number(offset) > content.length) {
    output.fail(E.invalid, path);
    return;
  }
  const { lost, modes } = extrasOf(parts);
  const rest = content.subarray(Number(offset));
  if (path.startsWith('/flaky/') && !lost.has(`get ${path}`) && rest.length > FIRST_BYTES) {
    lost.add(`get ${path}`);
    output.dropAfter(FIRST_BYTES);
  }
  output.print(1, Buffer.from(`file ${content.length} ${(modes.get(path) ?? 0o644).toString(8)} 1790000000\n`));
  output.print(1, rest);
  output.print(2, Buffer.from(`sha256 ${createHash('sha256').update(content).digest('hex')}\n`));
  output.exit(0);
}

function listFiles(parts: FakeMachineParts, [, what, path = '', owners]: readonly string[], output: FakeOutput): void {
  const all = allPaths(parts);
  const found =
    what === 'glob' ? all.filter((one) => matchesGlob(path, one)) : below(parts, all, path, what === 'tree');
  if (found === null) {
    output.fail(readGuestFile(parts, path) === null ? E.noEntry : E.notFolder, path);
    return;
  }
  const { modes } = extrasOf(parts);
  for (const one of found) {
    const text = readGuestFile(parts, one);
    const [kind, size, mode] =
      text === null ? ['d', 4096, 0o755] : ['f', toBytes(text).length, modes.get(one) ?? 0o644];
    const owner = owners === undefined ? '' : 'root ';
    output.print(1, Buffer.from(`${kind} ${size} ${mode.toString(8)} 1790000000 ${owner}${one}\0`));
  }
  output.exit(0);
}

function below(parts: FakeMachineParts, all: readonly string[], path: string, isDeep: boolean): string[] | null {
  if (!isFolder(parts, path)) return null;
  const start = path === '/' ? '/' : `${path}/`;
  return all.filter(
    (one) => one.startsWith(start) && one !== path && (isDeep || !one.slice(start.length).includes('/')),
  );
}

function allPaths(parts: FakeMachineParts): string[] {
  const files = [...Object.keys(parts.readDisk()), ...Object.keys(parts.ram)];
  const paths = new Set([...files, ...extrasOf(parts).folders].filter((path) => path.startsWith('/')));
  for (const file of files) for (let at = folderOf(file); at !== '/'; at = folderOf(at)) paths.add(at);
  return [...paths].sort();
}

function isFolder(parts: FakeMachineParts, path: string): boolean {
  if (['/', '/root', '/tmp'].includes(path) || extrasOf(parts).folders.has(path)) return true;
  if (readGuestFile(parts, path) !== null) return false;
  const holds = (files: FakeFiles) => Object.keys(files).some((file) => file.startsWith(`${path}/`));
  return holds(parts.ram) || holds(parts.readDisk());
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function matchesGlob(pattern: string, path: string): boolean {
  const source = pattern.replace(/\\(.)|[.*+?^${}()|[\]\\]/gs, (found, escaped?: string) => {
    if (escaped !== undefined) return escaped.replace(/[^\w]/, '\\$&');
    return found === '*' ? '[^/]*' : found === '?' ? '[^/]' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 's').test(path);
}

/** Texts stay readable for the fake shell. */
function toText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : `\0bytes:${bytes.toString('base64')}`;
}

function toBytes(text: string): Buffer {
  return text.startsWith('\0bytes:') ? Buffer.from(text.slice(7), 'base64') : Buffer.from(text);
}
