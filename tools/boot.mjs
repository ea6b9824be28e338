// Runs before `npm start`, `npm test` and `npm run bench` and prepares a fresh clone. Plain JavaScript without dependencies,
// because it runs on any installed Node (18 or newer) before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { step } from './start/steps.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** What npm and apt say. */
const LOG = path.join(root, 'out', 'setup.log');
const flags = new Set(process.argv.slice(2));
const WANTED_NODE = readFileSync(path.join(root, '.node-version'), 'utf8').trim();

/**
 * Debian packages by what needs them, each with a file that shows it is there. `isOptional`: `npm start` works without, and they are
 * installed only along with others.
 */
const systemPackages = [
  { name: 'qemu-system-x86', file: '/usr/bin/qemu-system-x86_64', when: 'start' },
  { name: 'qemu-utils', file: '/usr/bin/qemu-img', when: 'start' },
  { name: 'e2fsprogs', file: '/usr/sbin/mke2fs', when: 'start' },
  // Compiles the helper that is pushed into guests.
  { name: 'gcc', file: '/usr/bin/gcc', when: 'start', isOptional: true },
  { name: 'libc6-dev', file: '/usr/include/stdio.h', when: 'start', isOptional: true },
  { name: 'ovmf', file: '/usr/share/OVMF/OVMF_CODE_4M.fd', when: 'test' },
  { name: 'chromium', file: '/usr/bin/chromium', when: 'test' },
  { name: 'fonts-dejavu-core', file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', when: 'test' },
  { name: 'iproute2', file: '/usr/sbin/tc', when: 'test' },
  { name: 'nftables', file: '/usr/sbin/nft', when: 'test' },
  { name: 'dnsmasq-base', file: '/usr/sbin/dnsmasq', when: 'test' },
  { name: 'xfsprogs', file: '/usr/sbin/mkfs.xfs', when: 'test' },
  { name: 'btrfs-progs', file: '/usr/bin/btrfs', when: 'test' },
  { name: 'zfs-fuse', file: '/usr/sbin/zfs', when: 'test' },
  // Check what the desktop tells software centres and menus of itself.
  { name: 'appstream', file: '/usr/bin/appstreamcli', when: 'test' },
  { name: 'desktop-file-utils', file: '/usr/bin/desktop-file-validate', when: 'test' },
  { name: 'procps', file: '/usr/sbin/sysctl', when: 'test' },
  { name: 'socat', file: '/usr/bin/socat', when: 'test' },
  { name: 'openssh-client', file: '/usr/bin/ssh', when: 'test' },
  // A CD that boots by BIOS and by UEFI.
  { name: 'memtest86+', file: '/usr/lib/memtest86+/memtest86+x64.iso', when: 'test' },
  // Reads the CDs that TT writes.
  { name: 'xorriso', file: '/usr/bin/xorriso', when: 'test' },
  // promtool, which checks the metrics.
  { name: 'prometheus', file: '/usr/bin/promtool', when: 'test' },
  // Installations from CDs, and the image that is built from packages.
  { name: 'grub-common', file: '/usr/bin/grub-mkrescue', when: 'long' },
  { name: 'grub-pc-bin', file: '/usr/lib/grub/i386-pc/moddep.lst', when: 'long' },
  { name: 'grub-efi-amd64-bin', file: '/usr/lib/grub/x86_64-efi/moddep.lst', when: 'long' },
  { name: 'mtools', file: '/usr/bin/mformat', when: 'long' },
  {
    name: 'debian-installer-12-netboot-amd64',
    file: '/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/initrd.gz',
    when: 'long',
  },
  { name: 'mmdebstrap', file: '/usr/bin/mmdebstrap', when: 'long' },
  // Packages: rpmbuild, and a systemd of their own.
  { name: 'rpm', file: '/usr/bin/rpmbuild', when: 'long' },
  { name: 'systemd-container', file: '/usr/bin/systemd-nspawn', when: 'long' },
  { name: 'websockify', file: '/usr/bin/websockify', when: 'bench' },
  { name: 'haproxy', file: '/usr/sbin/haproxy', when: 'bench' },
  // parallel-ssh, a peer of runs.
  { name: 'pssh', file: '/usr/bin/parallel-ssh', when: 'bench' },
  { name: 'libvirt-daemon-system', file: '/usr/sbin/libvirtd', when: 'bench' },
  { name: 'libvirt-clients', file: '/usr/bin/virsh', when: 'bench' },
];

function say(text) {
  process.stderr.write(`tt: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

/**
 * Runs a program as a step of one line. `progress` finds in each line of its output how far it is.
 *
 * @param {{ what: string, command: string, args: string[], shell?: boolean, progress: (line: string) => string | null }} step
 */
async function run({ what, command, args, shell = false, progress }) {
  try {
    await step({ what, logFile: LOG }, (log) => {
      log.write(`$ ${command} ${args.join(' ')}\n`);
      return new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell });
        const read = (chunk) => {
          log.write(String(chunk));
          for (const line of String(chunk).split('\n')) {
            const far = progress(line);
            if (far !== null) log.progress(far);
          }
        };
        child.stdout.on('data', read);
        child.stderr.on('data', read);
        // Ctrl-C reaches the program as well; one signal sent to this process alone must, too.
        const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
        for (const signal of signals) process.once(signal, () => child.kill(signal));
        child.once('error', (error) => reject(new Error(`could not run ${command}: ${error.message}`)));
        child.once('close', (status, signal) => {
          for (const signal of signals) process.removeAllListeners(signal);
          if (status === 0) resolve(undefined);
          else if (signal !== null || status === 130) interrupted();
          else
            reject(
              new Error(`"${command} ${args.join(' ')}" failed (exit ${status}). Fix the problem and run it again.`),
            );
        });
      });
    });
  } catch (error) {
    fail(error.message);
  }
}

function interrupted() {
  process.stderr.write('\n');
  process.exit(130);
}

/** How many packages npm has fetched; it says nothing of those that it had. */
function npmProgress() {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const total = Object.keys(packages ?? {}).length;
  let fetched = 0;
  return (line) => {
    if (!/^npm http fetch GET 200 .*\.tgz/.test(line)) return null;
    fetched += 1;
    return `${fetched} of about ${total} packages`;
  };
}

/** What apt is at, in its own words. */
function aptProgress(line) {
  const match = /^(Get:\d+|Unpacking|Setting up) (\S+)/.exec(line);
  if (match === null) return null;
  return match[1].startsWith('Get:') ? `download ${match[1].slice(4)}` : `${match[1].toLowerCase()} ${match[2]}`;
}

function modulesAreFresh() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

/** The pinned Node comes as an npm package where there is one; elsewhere the developer's own must be new enough. */
function pinnedNodeVersion() {
  const bin = path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(bin)) return process.versions.node;
  const result = spawnSync(bin, ['-p', 'process.versions.node'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return result.status === 0 ? result.stdout.trim() : null;
}

function nodeIsGood() {
  const version = pinnedNodeVersion();
  return version !== null && Number(version.split('.')[0]) >= Number(WANTED_NODE.split('.')[0]);
}

if (!modulesAreFresh() || !nodeIsGood()) {
  await run({
    what: 'installing npm packages (once)',
    command: 'npm',
    // No package here needs a script: ssh2, of the tests, would compile what it can do without.
    args: ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=http'],
    shell: process.platform === 'win32',
    progress: npmProgress(),
  });
  if (!nodeIsGood()) fail(`Node ${WANTED_NODE} is required. Install it, or run "npm ci" without --omit=optional.`);
}

const wanted = systemPackages.filter(({ when }) => when === 'start' || flags.has(`--${when}`));
const absent = wanted.filter(({ file }) => !existsSync(file));
const missing = absent.map(({ name }) => name);
// Tests need all of them.
if (absent.some(({ isOptional }) => !isOptional || flags.has('--test'))) {
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const isDebian = existsSync('/usr/bin/apt-get');
  const isRoot = typeof process.getuid === 'function' && process.getuid() === 0;
  if (isDebian && isRoot) {
    process.env.DEBIAN_FRONTEND = 'noninteractive';
    await run({
      what: 'updating the list of system packages',
      command: 'apt-get',
      args: ['update', '-q'],
      progress: aptProgress,
    });
    await run({
      what: `installing ${missing.length} system packages (once)`,
      command: 'apt-get',
      args: ['-q', ...install],
      progress: aptProgress,
    });
  } else if (isDebian) {
    fail(`these system packages are missing. Run:\n\n  sudo apt-get update && sudo apt-get ${install.join(' ')}\n`);
  } else {
    say(
      `these programs were not found: ${wanted
        .filter(({ file }) => !existsSync(file))
        .map(({ file }) => file)
        .join(', ')}.`,
    );
    say('TT runs VMs on Debian or Ubuntu for now; elsewhere the window can still connect to a server.');
  }
}
