// The shell inside a fake guest: enough of `sh` for the contract suite, the fake guest agent and a person trying dev:fake.
import type { FakeFiles } from '../../storage/fake-disk.ts';

/** What the shell works on. Files below /tmp, /run and /dev/shm are RAM, all others are on the disk. */
export interface FakeMachineParts {
  hostname: string;
  readonly cpuCount: number;
  readonly ram: FakeFiles;
  diskSizesMiB(): number[];
  readCd(): Buffer | null;
  readDisk(): FakeFiles;
  writeDisk(files: FakeFiles): void;
  powerOff(): void;
  reboot(): void;
  /** Of its kernel. */
  panic(): void;
}

export interface ShellResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const IN_RAM = /^\/(tmp|run|dev\/shm)\//;

/** Runs `line`: commands separated by `;`, quotes, `$?`, and `>` or `>>` to a file. Supports nothing else of sh. */
export function runShellLine(line: string, parts: FakeMachineParts): ShellResult {
  let exitCode = 0;
  let stdout = '';
  let stderr = '';
  for (const command of splitCommands(line)) {
    const { words, file, append } = parseRedirection(splitWords(command, exitCode));
    if (words.length === 0) continue;
    const result = runCommandWords(words, parts);
    exitCode = result.exitCode;
    stderr += result.stderr;
    if (file === '/proc/sysrq-trigger' && result.stdout.startsWith('c')) parts.panic();
    else if (file === null) stdout += result.stdout;
    else writeGuestFile(parts, file, (append ? (readGuestFile(parts, file) ?? '') : '') + result.stdout);
  }
  return { exitCode, stdout, stderr };
}

/** Content of a guest's file; null if it does not exist. */
export function readGuestFile(parts: FakeMachineParts, path: string): string | null {
  const disk = /^\/sys\/block\/vd([a-z])\/size$/.exec(path)?.[1];
  if (disk !== undefined) {
    const sizeMiB = parts.diskSizesMiB()[disk.charCodeAt(0) - 'a'.charCodeAt(0)];
    // In sectors of 512 bytes, as Linux tells it.
    return sizeMiB === undefined ? null : `${sizeMiB * 2048}\n`;
  }
  return (IN_RAM.test(path) ? parts.ram[path] : parts.readDisk()[path]) ?? null;
}

/** Makes or replaces a guest's file; `null` removes it. */
export function writeGuestFile(parts: FakeMachineParts, path: string, content: string | null): void {
  const files = IN_RAM.test(path) ? parts.ram : parts.readDisk();
  if (content === null) delete files[path];
  else files[path] = content;
  if (!IN_RAM.test(path)) parts.writeDisk(files);
}

function runCommandWords([name = '', ...args]: string[], parts: FakeMachineParts): ShellResult {
  const ok = (stdout = ''): ShellResult => ({ exitCode: 0, stdout, stderr: '' });
  const fail = (exitCode: number, stderr: string): ShellResult => ({ exitCode, stdout: '', stderr: `${stderr}\n` });
  switch (name.split('/').at(-1)) {
    case 'echo':
      return ok(`${args.join(' ')}\n`);
    case 'cat': {
      const texts = args.map((path) => readGuestFile(parts, path));
      const missing = args[texts.indexOf(null)];
      if (missing !== undefined) return fail(1, `cat: can't open '${missing}': No such file or directory`);
      return ok(texts.join(''));
    }
    case 'head': {
      const [flag, count = '0', file] = args;
      if (flag !== '-c' || file !== '/dev/sr0') return fail(1, `head: can't read ${file}`);
      const medium = parts.readCd();
      return medium ? ok(medium.toString('latin1', 0, Number(count))) : fail(1, `head: ${file}: No medium found`);
    }
    case 'rm':
      for (const path of args.filter((arg) => !arg.startsWith('-'))) writeGuestFile(parts, path, null);
      return ok();
    case 'ls':
      return ok(`${[...Object.keys(parts.readDisk()), ...Object.keys(parts.ram)].sort().join('\n')}\n`);
    case 'hostname':
      return ok(`${parts.hostname}\n`);
    case 'uname':
      return ok(args.length > 0 ? '6.1.0-fake\n' : 'Linux\n');
    case 'id':
    case 'whoami':
      return ok(name === 'id' ? 'uid=0(root) gid=0(root)\n' : 'root\n');
    case 'nproc':
      return ok(`${parts.cpuCount}\n`);
    case 'sync':
    case 'true':
      return ok();
    case 'exit':
      return { exitCode: Number(args[0] ?? 0), stdout: '', stderr: '' };
    case 'false':
      return { exitCode: 1, stdout: '', stderr: '' };
    case 'sh':
      return args[0] === '-c' ? runShellLine(args[1] ?? '', parts) : ok();
    case 'poweroff':
      parts.powerOff();
      return ok();
    case 'reboot':
      parts.reboot();
      return ok();
    case 'help':
      return ok('A fake guest. It knows: echo cat head rm ls hostname uname id nproc sync sh poweroff reboot\n');
    default:
      return fail(127, `sh: ${name}: not found`);
  }
}

/** Splits at `;` outside quotes. */
function splitCommands(line: string): string[] {
  return line.match(/(?:'[^']*'|"[^"]*"|[^;'"])+/g) ?? [];
}

/** Words with quotes taken away; `>` and `>>` are words of their own. */
function splitWords(command: string, lastExitCode: number): string[] {
  const words = command.match(/>>|>|(?:'[^']*'|"[^"]*"|[^\s>'"])+/g) ?? [];
  return words.map((word) =>
    word.replace(/'([^']*)'|"([^"]*)"|\$\?/g, (found, single?: string, double?: string) =>
      found === '$?' ? String(lastExitCode) : (single ?? double ?? '').replaceAll('$?', String(lastExitCode)),
    ),
  );
}

function parseRedirection(words: string[]): { words: string[]; file: string | null; append: boolean } {
  const at = words.findIndex((word) => word === '>' || word === '>>');
  if (at === -1) return { words, file: null, append: false };
  return { words: words.slice(0, at), file: words[at + 1] ?? null, append: words[at] === '>>' };
}
