// What an agent can be told at start, by flags; everything has a default that works on a laptop without root.
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';

export interface AgentConfig {
  /** State folder (0700): database, token, disks, sockets. */
  home: string;
  /** Folder with images; default `<home>/images`. */
  imageDirectory: string;
  /** Address to listen on; loopback unless an admin says otherwise. */
  host: string;
  /** 0 = any free port. */
  port: number;
  engine: 'qemu' | 'fake';
  /** null = what the machine has, less a tenth. */
  memoryTotalMiB: number | null;
  /** null = the size of the file system below the state folder. */
  diskTotalMiB: number | null;
  firstPort: number;
  lastPort: number;
  /** Build images that have a recipe and are missing, at start. */
  prepareImages: boolean;
  /** Folder with the built window; null serves none. */
  windowDirectory: string | null;
  logLevel: string;
}

/** Reads the flags. Names follow the seed's where it has one (`--image-path`, `--mem-total`, ...). */
export function readConfig(argv: readonly string[], home: string): AgentConfig {
  const program = new Command('tt-agent')
    .description('Runs the VMs of one host and answers the TT API for them.')
    .option('--home <dir>', 'state folder', home)
    .option('--image-path <dir>', 'folder with images (default: images in the state folder)')
    .option('--serv-addr <address>', 'address to listen on', '127.0.0.1')
    .option('--serv-port <port>', 'port to listen on, 0 for any', wholeNumber(0, 65_535), 0)
    .addOption(new Option('--engine <name>', 'engine for VMs').choices(['qemu', 'fake']).default('qemu'))
    .option('--mem-total <MiB>', 'memory that may be promised to VMs', wholeNumber(1))
    .option('--disk-total <MiB>', 'disk that may be promised to VMs', wholeNumber(1))
    .option('--first-port <port>', 'first port of the public range', wholeNumber(1024, 65_535), 40_000)
    .option('--last-port <port>', 'last port of the public range', wholeNumber(1024, 65_535), 59_999)
    .option('--no-prepare', 'do not build missing images at start')
    .option('--window <dir>', 'folder with the built window, served to browsers')
    .option('--log-level <level>', 'trace, debug, info, warn or error', 'info');
  program.parse(argv, { from: 'user' });
  const options = program.opts();
  if (options['firstPort'] > options['lastPort']) program.error('error: --first-port is above --last-port');
  const root = path.resolve(String(options['home']));
  return {
    home: root,
    imageDirectory: path.resolve(String(options['imagePath'] ?? path.join(root, 'images'))),
    host: String(options['servAddr']),
    port: Number(options['servPort']),
    engine: options['engine'] === 'fake' ? 'fake' : 'qemu',
    memoryTotalMiB: optionalNumber(options['memTotal']),
    diskTotalMiB: optionalNumber(options['diskTotal']),
    firstPort: Number(options['firstPort']),
    lastPort: Number(options['lastPort']),
    prepareImages: options['prepare'] !== false,
    windowDirectory: options['window'] === undefined ? null : path.resolve(String(options['window'])),
    logLevel: String(options['logLevel']),
  };
}

function optionalNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}
