// Whoever writes files that grow goes through the disk budget (decision 0057). Every source of the agent that opens files for writing,
// or starts programs that write some, is found by its text, and listed here with who holds the budget for it or why it needs none.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** What makes files grow, and what it looks like. */
const signs: Readonly<Record<string, RegExp>> = {
  'opens a stream to a file': /\bcreateWriteStream\(/,
  'opens a file for writing': /\bopen(Sync)?\([^()]*(\([^()]*\)[^()]*)*,[^()]*['"`](w|wx|w\+|wx\+|a|ax|a\+|r\+)['"`]/,
  'opens a file by flags': /\bO_(WRONLY|RDWR|CREAT)\b/,
  'copies a file': /\b(copyFile|copyFileSync|copyPlain|copyOpen|copyStoppably|copyBootFile|copyRamFile|cp|cpSync)\(/,
  'writes a whole file': /\b(writeFile|writeFileSync|appendFile|appendFileSync)\(/,
  'starts a program': /\b(runCommand|runConfined|runDiskTool|spawnProcess)\(/,
  'copies a disk': /\.(exportDisk|cloneSnapshot|compact|prepareSource|fillRaw|makeStandalone)\(/,
  'makes disks': /\b(storage|#storage)\.(createImage|addDisk|createSnapshot)\(|\bmakeDisks\(/,
  'saves a state': /\b(saveState|snapshots\.(save|beginSave|clone))\(|'snapshot-save'/,
  'makes an image': /\b(importer\.import|images\.build|baseImages\.make)\(/,
  'makes or reads a capsule': /\b(packCapsule|unpackCapsule|bootFiles\.adopt|packRaw|unpackRaw)\(/,
};

/** The call that all of these must be inside. */
const asksBudget = /\bbudget\s*\.(write|open)\(/;

/**
 * Copies that the kernel makes in one call: no signal ends them, so also inside the budget they go on to the last free byte. Those
 * that grow are made by `agent/host/copy-file.ts`, whose functions ask for a signal.
 */
const unstoppable = /\b(copyFile|copyFileSync|cp|cpSync)\(/;
const sharesOnly: Readonly<Record<string, string>> = {
  'agent/storage/plain-file.ts': 'shares blocks, or fails',
};

const compact = 'agent/operations/envs/compact-env.ts';
const copies = 'agent/operations/copies/place-copies.ts';
const exportCapsule = 'agent/operations/capsules/export-capsule.ts';
const importCapsule = 'agent/operations/capsules/import-capsule.ts';
const importImage = 'agent/operations/images/import-image.ts';
const buildImage = 'agent/operations/images/build-image.ts';
const newVms = 'agent/operations/vms/make-vms.ts';
const publishImage = 'agent/operations/images/publish-image.ts';
const publishProfile = 'agent/operations/profiles/publish-profile.ts';
const runs = 'agent/runs/runs.ts';
const snapshot = 'agent/operations/snapshots/take-snapshot.ts';
const uploads = 'agent/transfers/upload-writer.ts';
const ofDisks = [compact, copies, exportCapsule, importCapsule, newVms, publishImage, publishProfile, snapshot];

/** Writers, and who holds the budget while they write; those must ask it themselves. */
const held: Readonly<Record<string, readonly string[]>> = {
  'agent/capsules/boot-files.ts': [importCapsule],
  'agent/capsules/capsule-reader.ts': [importCapsule],
  'agent/capsules/capsule-writer.ts': [exportCapsule],
  'agent/engines/qemu/ram-file.ts': [snapshot],
  'agent/engines/qemu/running-qemu.ts': [snapshot],
  'agent/engines/qemu/saved-states.ts': [snapshot],
  'agent/host/copy-file.ts': [copies, exportCapsule, importCapsule, publishImage, publishProfile],
  'agent/host/plain-file.ts': [copies, exportCapsule],
  'agent/host/shared-file.ts': [copies],
  'agent/images/copy-boot-file.ts': [exportCapsule, publishImage, publishProfile],
  'agent/images/import/download.ts': [importImage, buildImage],
  'agent/images/import/importer.ts': [importImage, buildImage],
  'agent/images/import/ova.ts': [importImage],
  'agent/images/import/unpack.ts': [importImage, buildImage],
  'agent/images/recipes/debian-12/build.ts': [buildImage],
  'agent/images/recipes/debian-12/disk.ts': [buildImage],
  'agent/images/recipes/tiny/build.ts': [buildImage],
  'agent/images/recipes/tiny/disk.ts': [buildImage],
  'agent/images/recipes/tiny/packages.ts': [buildImage],
  'agent/images/recipes/url/recipe.ts': [buildImage],
  'agent/images/tool/interface.ts': [exportCapsule, importCapsule],
  'agent/images/tool/qemu-image-tool.ts': [importImage, buildImage, exportCapsule, importCapsule],
  'agent/labs/base-images.ts': [publishProfile],
  'agent/operations/capsules/capsule-sources.ts': [importCapsule],
  'agent/operations/capsules/gather-vm.ts': [exportCapsule],
  'agent/operations/capsules/place-members.ts': [copies],
  'agent/operations/snapshots/save-guests.ts': [snapshot],
  'agent/recordings/write-without-keys.ts': [exportCapsule],
  'agent/runs/kept-output.ts': [runs],
  'agent/snapshots/ram-files.ts': [copies],
  'agent/snapshots/ram-of-copies.ts': [copies],
  'agent/snapshots/vm-live-save.ts': [snapshot],
  'agent/snapshots/vm-snapshots.ts': [copies, snapshot],
  'agent/storage/disk-tool.ts': ofDisks,
  'agent/storage/export-file.ts': [exportCapsule, publishImage, publishProfile],
  'agent/storage/plain-file.ts': ofDisks,
  'agent/storage/qcow2/make-qcow2.ts': ofDisks,
  'agent/storage/qcow2/qcow2-copies.ts': ofDisks,
  'agent/storage/qcow2/qcow2-storage.ts': ofDisks,
  'agent/storage/qemu-img.ts': ofDisks,
  'agent/storage/reflink/raw-sources.ts': [newVms],
  'agent/storage/reflink/reflink-storage.ts': ofDisks,
  'agent/storage/zfs/zfs-sources.ts': [newVms],
  'agent/storage/zfs/zfs-storage.ts': ofDisks,
  'agent/storage/zfs/zfs-tool.ts': ofDisks,
  'agent/transfers/upload-file.ts': [uploads],
};

/** What writes little, or nothing to a disk, whatever it is asked; and why. */
const small: Readonly<Record<string, string>> = {
  'agent/backup/read-backup.ts': 'the records of a backup, while no agent runs',
  'agent/backup/write-backup.ts': 'the records, which are limited for each user, and the files beside them',
  'agent/cgroups/cgroup-files.ts': 'files of the kernel',
  'agent/command/tear-down.ts': 'starts what mounts and unmounts',
  'agent/doctor/machine.ts': 'asks programs for their versions',
  'agent/engines/qemu/acceleration/device.ts': 'a device',
  'agent/engines/qemu/acceleration/linux-guest.ts': 'an initrd of some kilobytes',
  'agent/engines/qemu/acceleration/long-mode-guest.ts': 'a boot sector',
  'agent/engines/qemu/acceleration/measure.ts': 'test guests without a disk',
  'agent/engines/qemu/acceleration/remembered.ts': 'one answer',
  'agent/engines/qemu/log-limit.ts': 'cuts logs',
  'agent/engines/qemu/process.ts': 'a log that is cut, and guests: they are what the reserve is for',
  'agent/engines/qemu/qemu-engine.ts': 'asks QEMU for its version',
  'agent/engines/qemu/qmp-schema.gen.ts': 'names only',
  'agent/engines/running-vm.ts': 'an interface',
  'agent/engines/qemu/ram/read-only-map.ts': 'asks QEMU what it can do',
  'agent/firewall/nft/run-tool.ts': 'rules of the kernel',
  'agent/firewall/reserve-ephemeral.ts': 'a setting of the kernel',
  'agent/firmware/uefi.ts': 'firmware variables of some hundred kilobytes, once',
  'agent/host/disk-reserve.ts': 'the reserve itself, as far as there is space',
  'agent/host/group-id.ts': 'asks the system for the number of a group',
  'agent/host/host-changes.ts': 'settings of the kernel',
  'agent/host/memory-backing.ts': 'files of the kernel',
  'agent/host/run-command.ts': 'runs programs for others',
  'agent/host/sealed-copy.ts': 'writes to the memory of the host, which is counted as memory',
  'agent/host/run-confined.ts': 'runs programs for others',
  'agent/images/built-manifest.ts': 'a manifest',
  'agent/images/import/partial-note.ts': 'a note',
  'agent/images/open-for-writing.ts': 'reads flags of others',
  'agent/images/write-image.ts': 'moves what was made, and writes a manifest',
  'agent/images/recipes/debian-12/apt-sources.ts': 'asks apt for its sources',
  'agent/network/bridged/dhcp-server.ts': 'a configuration',
  'agent/network/switch/network-files.ts': 'a configuration',
  'agent/network/switch/switch-process.ts': 'starts what forwards frames; a log of its last words',
  'agent/operations/vms/discard-writes.ts': 'a fresh disk in place of a fuller one, also where the disk is full',
  'agent/operations/vms/drives/add-disk.ts': 'an empty disk',
  'agent/operations/vms/drives/make-disks.ts': 'called by those who hold the budget, and for firmware variables',
  'agent/operations/vms/write-seed.ts': 'a seed CD: its texts are limited',
  'agent/service/install.ts': 'the program itself, once, by hand',
  'agent/service/service-host.ts': 'starts and stops the service',
  'agent/state/database-file.ts': 'the records, which are limited for each user',
  'agent/storage/qcow2/begun-reverts.ts': 'a note',
  'agent/storage/random-trees.ts': 'for tests',
  'agent/storage/reflink/extents.ts': 'reads extents',
  'agent/storage/zfs/line-registry.ts': 'a note',
  'agent/thumbnails/thumbnail-files.ts': 'small pictures, one for each VM of a snapshot',
  'agent/transfers/transfer-files.ts': 'notes',
};

/** Sources by path from the root -> what is wrong, one line each. */
function violations(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [file, text] of files) {
    const code = withoutComments(text);
    const writes = Object.entries(signs).flatMap(([what, sign]) => (sign.test(code) ? [what] : []));
    const isListed = file in held || file in small;
    if (writes.length > 0 && !isListed && !asksBudget.test(code)) {
      found.push(`${file}: ${writes.join(', ')} outside the disk budget`);
    }
    if (unstoppable.test(code) && !(file in sharesOnly))
      found.push(`${file}: copies a file so that nothing can stop it`);
    if (writes.length === 0 && isListed) found.push(`${file}: is listed, but writes nothing`);
    // One place knows what is free (agent/host/file-system-space.ts).
    if (/\bbavail\b/.test(code) && file !== 'agent/host/file-system-space.ts') {
      found.push(`${file}: asks by itself how full a file system is`);
    }
  }
  for (const holder of new Set(Object.values(held).flat())) {
    if (files.has(holder) && !asksBudget.test(withoutComments(files.get(holder) ?? ''))) {
      found.push(`${holder}: holds the disk budget for others, but does not ask it`);
    }
  }
  return found.sort();
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function readSources(): Map<string, string> {
  const files = new Map<string, string>();
  const read = (folder: string) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') read(name);
      else if (name.endsWith('.ts') && !isTest(name)) files.set(name, readFileSync(path.join(root, name), 'utf8'));
    }
  };
  read('agent');
  return files;
}

function isTest(file: string): boolean {
  return /\.(test|contract)\.ts$|(^|\/)(test-|fake-)[\w-]+\.ts$|^agent\/(testing|scenarios)\//.test(file);
}

describe('what writes files that grow', () => {
  it('goes through the disk budget', () => {
    const files = readSources();
    expect([...Object.keys(held), ...Object.keys(small), ...ofDisks].filter((file) => !files.has(file))).toEqual([]);
    expect(violations(files)).toEqual([]);
  });
});

describe('the check', () => {
  const plant = (file: string, text: string) => violations(new Map([[file, text]]));

  it.each([
    ['await pipeline(input, createWriteStream(target));', 'opens a stream to a file'],
    ["await using file = await open(path.join(folder, 'x'), 'wx', 0o600);", 'opens a file for writing'],
    ["const file = await open(partial, start === 0 ? 'w' : 'r+', 0o600);", 'opens a file for writing'],
    ['await open(file, constants.O_WRONLY | constants.O_CREAT);', 'opens a file by flags'],
    ['await copyPlain(source, target);', 'copies a file'],
    ["await runConfined('xz', ['-d', '-c'], options);", 'starts a program'],
    ["await runDiskTool('zfs', ['send', name]);", 'starts a program'],
    ['await services.storage.exportDisk(vm.id, name, tag, target);', 'copies a disk'],
    ['await services.snapshots.save(vm.id, tag, running, {});', 'saves a state'],
    ['await images.importer.import(request, work, use);', 'makes an image'],
  ])('finds %s', (text, what) => {
    expect(plant('agent/new.ts', text)).toEqual([`agent/new.ts: ${what} outside the disk budget`]);
    expect(plant('agent/new.ts', `await services.budget.write(growth, async () => { ${text} });`)).toEqual([]);
  });

  it('finds who holds no budget any more, what is listed for nothing, copies that can’t be stopped, and a second look at what is free', () => {
    expect(plant('agent/labs/base-images.ts', 'await copyFile(boot.kernel, target);')).toEqual([
      'agent/labs/base-images.ts: copies a file so that nothing can stop it',
    ]);
    expect(plant('agent/storage/plain-file.ts', 'await copyFile(from, to, COPYFILE_FICLONE_FORCE);')).toEqual([]);
    expect(plant(snapshot, 'export {};')).toEqual([
      `${snapshot}: holds the disk budget for others, but does not ask it`,
    ]);
    expect(plant('agent/labs/base-images.ts', '// copyStoppably(a, b)')).toEqual([
      'agent/labs/base-images.ts: is listed, but writes nothing',
    ]);
    expect(plant('agent/new.ts', 'const { bavail, bsize } = await statfs(folder);')).toEqual([
      'agent/new.ts: asks by itself how full a file system is',
    ]);
    expect(plant('agent/new.ts', "const text = await open(file, 'r');")).toEqual([]);
  });
});
