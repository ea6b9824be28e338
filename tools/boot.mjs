// Runs before `npm start`, `npm test` and `npm run bench`: makes a fresh clone ready. Plain JavaScript without dependencies,
// because it runs on whatever Node is there (18 or newer) before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const flags = new Set(process.argv.slice(2));
const WANTED_NODE = readFileSync(path.join(root, '.node-version'), 'utf8').trim();

/** Debian packages by what needs them, each with a file that shows it is there. */
const systemPackages = [
  { name: 'qemu-system-x86', file: '/usr/bin/qemu-system-x86_64', when: 'start' },
  { name: 'qemu-utils', file: '/usr/bin/qemu-img', when: 'start' },
  { name: 'e2fsprogs', file: '/usr/sbin/mke2fs', when: 'start' },
  { name: 'ovmf', file: '/usr/share/OVMF/OVMF_CODE_4M.fd', when: 'test' },
  { name: 'chromium', file: '/usr/bin/chromium', when: 'test' },
  { name: 'fonts-dejavu-core', file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', when: 'test' },
  { name: 'iproute2', file: '/usr/sbin/tc', when: 'test' },
  { name: 'nftables', file: '/usr/sbin/nft', when: 'test' },
  { name: 'dnsmasq-base', file: '/usr/sbin/dnsmasq', when: 'test' },
  { name: 'xfsprogs', file: '/usr/sbin/mkfs.xfs', when: 'test' },
  { name: 'btrfs-progs', file: '/usr/bin/btrfs', when: 'test' },
  { name: 'zfs-fuse', file: '/usr/sbin/zfs', when: 'test' },
  { name: 'procps', file: '/usr/sbin/sysctl', when: 'test' },
  { name: 'socat', file: '/usr/bin/socat', when: 'test' },
  { name: 'openssh-client', file: '/usr/bin/ssh', when: 'test' },
  // A CD that boots by BIOS and by UEFI.
  { name: 'memtest86+', file: '/usr/lib/memtest86+/memtest86+x64.iso', when: 'test' },
  // Reads the CDs that TT writes.
  { name: 'xorriso', file: '/usr/bin/xorriso', when: 'test' },
  // promtool, which checks the metrics.
  { name: 'prometheus', file: '/usr/bin/promtool', when: 'test' },
  { name: 'websockify', file: '/usr/bin/websockify', when: 'bench' },
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

function run(command, args, shell = false) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (result.error) fail(`could not run ${command}: ${result.error.message}`);
  if (result.status !== 0)
    fail(`"${command} ${args.join(' ')}" failed (exit ${result.status}). Mend that and run it again.`);
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
  say('installing npm packages (once, about a minute) ...');
  run('npm', ['ci', '--no-audit', '--no-fund'], process.platform === 'win32');
  if (!nodeIsGood()) fail(`Node ${WANTED_NODE} is needed. Install it, or run "npm ci" without --omit=optional.`);
}

const wanted = systemPackages.filter(
  ({ when }) =>
    when === 'start' || (when === 'test' && flags.has('--test')) || (when === 'bench' && flags.has('--bench')),
);
const missing = wanted.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
if (missing.length > 0) {
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const isDebian = existsSync('/usr/bin/apt-get');
  const isRoot = typeof process.getuid === 'function' && process.getuid() === 0;
  if (isDebian && isRoot) {
    say(`installing ${missing.join(', ')} ...`);
    process.env.DEBIAN_FRONTEND = 'noninteractive';
    run('apt-get', ['update', '-q']);
    run('apt-get', ['-q', ...install]);
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
