// Pure: the arguments of mmdebstrap, which creates the system of the image as a tar archive. Hooks run in the given order, with
// the system's folder as `$1`.

/** Besides what every Debian has (its essential packages) and apt. */
export const packages = [
  'systemd-sysv',
  'systemd-resolved',
  'systemd-timesyncd',
  'libpam-systemd',
  'dbus',
  'udev',
  'kmod',
  'iproute2',
  'iputils-ping',
  'netbase',
  'procps',
  'ca-certificates',
  'curl',
  'less',
  'nano',
  'sudo',
  'e2fsprogs',
  'openssh-server',
  'cloud-init',
  'cloud-guest-utils',
  'qemu-guest-agent',
  'initramfs-tools',
  'zstd',
  'linux-image-cloud-amd64',
];

/** Only the drivers of the disks TT gives a guest: an emulated processor unpacks a small initrd quickly. */
const initramfs = {
  conf: ['MODULES=list', 'COMPRESS=zstd', 'FSTYPE=ext4'],
  modules: ['virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod'],
};

/**
 * Only TT's seed is searched for, and only those modules of cloud-init run that a seed can use: each takes an emulated
 * processor a second or more. The root file system is not in a partition; it is grown to its disk all the same.
 */
const cloudConfig = [
  'datasource_list: [NoCloud, None]',
  'disable_root: false',
  'locale: false',
  'system_info: {network: {renderers: [networkd]}}',
  'ssh_genkeytypes: [ed25519, ecdsa]',
  'cloud_init_modules: [seed_random, bootcmd, write-files, resizefs, set_hostname, update_hostname, update_etc_hosts, users-groups, ssh]',
  'cloud_config_modules: [set-passwords, runcmd]',
  'cloud_final_modules: [package-update-upgrade-install, write-files-deferred, scripts-per-instance, scripts-user, final-message]',
];

/** They would load processor and network of a guest that exists for an hour. */
const masked = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'fstrim.timer',
];

/** Started by the port, as the guest agent of Debian is by its own. */
const helper = {
  program: '/usr/local/sbin/tt-guest-helper',
  rule: [
    'SUBSYSTEM=="virtio-ports", ATTR{name}=="com.tt.helper.0", TAG+="systemd", ENV{SYSTEMD_WANTS}+="tt-guest-helper.service"',
  ],
  unit: [
    '[Unit]',
    'Description=Guest helper of TT: runs commands and passes files for the host',
    // A host that finds the guest agent and no helper puts its own there.
    'Before=qemu-guest-agent.service',
    '',
    '[Service]',
    // One that a host has put there meanwhile serves as well: this one ends without a failure.
    'Type=forking',
    'ExecStart=/usr/local/sbin/tt-guest-helper --daemon',
    // A host that replaces it kills it. What people have left running goes on.
    'SuccessExitStatus=SIGKILL',
    'KillMode=process',
    // For what it runs is not a service.
    'TasksMax=infinity',
    'OOMPolicy=continue',
  ],
} as const;

export function bootstrapArguments(options: {
  mode: 'root' | 'unshare';
  /** The file of the guest helper; null: the image has none. */
  helperFile: string | null;
  sources: readonly string[];
  /** Archives of packages, kept between builds. */
  cacheDirectory: string;
  /** The archive to write. */
  target: string;
  rootPassword: string;
}): string[] {
  const cache = quoted(options.cacheDirectory);
  const hooks = (when: 'setup' | 'essential' | 'customize', lines: readonly string[]) =>
    lines.map((line) => `--${when}-hook=${line}`);
  return [
    `--mode=${options.mode}`,
    '--variant=minbase',
    '--architectures=amd64',
    '--format=tar',
    `--include=${packages.join(',')}`,
    '--aptopt=APT::Install-Recommends "false"',
    // Bytes that nobody reads in a guest for tests; licences stay.
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    '--skip=download/empty',
    '--skip=essential/unlink',
    ...hooks('setup', ['mkdir -p "$1/var/cache/apt/archives"', `sync-in ${cache} /var/cache/apt/archives`]),
    // Before the kernel is installed, which makes its initrd.
    ...hooks('essential', [
      'mkdir -p "$1/etc/initramfs-tools/conf.d"',
      writeLines('/etc/initramfs-tools/conf.d/tt.conf', initramfs.conf),
      writeLines('/etc/initramfs-tools/modules', initramfs.modules),
    ]),
    ...hooks('customize', [
      `sync-out /var/cache/apt/archives ${cache}`,
      'rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/cache/apt/*.bin',
      writeLines('/etc/cloud/cloud.cfg.d/90-tt.cfg', cloudConfig),
      writeLines('/etc/fstab', ['/dev/vda / ext4 rw,noatime,errors=remount-ro 0 1']),
      `echo 'root:${options.rootPassword}' | chroot "$1" chpasswd`,
      'chroot "$1" systemctl enable systemd-networkd systemd-resolved',
      `chroot "$1" systemctl mask ${masked.join(' ')}`,
      ...(options.helperFile === null ? [] : helperHooks(options.helperFile)),
      // Each guest makes its own.
      'rm -f "$1"/etc/ssh/ssh_host_* "$1/var/lib/dbus/machine-id"; : > "$1/etc/machine-id"',
    ]),
    'bookworm',
    options.target,
    ...options.sources,
  ];
}

function helperHooks(file: string): string[] {
  return [
    `upload ${quoted(file)} ${helper.program}`,
    `chmod 755 "$1${helper.program}"`,
    writeLines('/etc/udev/rules.d/60-tt-guest-helper.rules', helper.rule),
    writeLines('/etc/systemd/system/tt-guest-helper.service', helper.unit),
  ];
}

function writeLines(file: string, lines: readonly string[]): string {
  return `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} > "$1${file}"`;
}

/** As mmdebstrap's own hooks split their words. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
