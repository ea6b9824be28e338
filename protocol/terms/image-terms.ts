// Images: why a file is none, can't be brought in, downloaded or built, and what somebody can do about that.

export const imageTerms = {
  nameTaken: 'another image has the name {name}, too',
  cut: 'its end is missing',
  tooShort: 'it has {sizeBytes} bytes, but at least {neededBytes} are needed',
  notIso: 'it is not an ISO 9660 image',
  tablesDamaged: 'its tables are damaged',
  fileMissing: '{file} is not there',
  empty: 'it is empty',
  unreadable: 'it can’t be read',
  onOtherFile: 'it depends on another file',
  hasParent: 'it depends on a parent disk',
  dataElsewhere: 'its data is in other files; export it as one file (or as .ova)',
  encrypted: 'it is encrypted',
  emptyDisk: 'its disk is empty',
  diskTooLarge: 'its disk has {bytes} bytes; the limit is {maxBytes}',
  fileTooLarge: 'it has more than {maxBytes} bytes',
  notUtf8: 'it is not text in UTF-8',
  tookTooLong: 'it took too long',
  notQcow2: 'it is not a qcow2 image',
  noDiskImage: 'it is not a disk image TT knows; for a raw disk, specify the format raw',
  tooManyLayers: 'it has too many layers of compression',
  unpackFailed: 'it can’t be unpacked',
  beingWritten: 'another program is still writing to it',
  changedMeanwhile: 'it changed while it was imported',
  wholePath: 'specify its full path on the host',
  notHttp: 'it is not an http or https address',
  ovaNoDescriptor: 'it holds neither an .ovf descriptor nor a disk image',
  ovaNoDisk: 'its descriptor names no disk',
  ovaDisks: 'it has {disks} disks; an image has one',
  ovaDiskInPieces: 'its disk is split into several files',
  ovaDiskMissing: 'its disk {file} is not in it',
  memberTooLarge: '{file} is too large',
  fileTwice: '{file} is in it more than once',
  manifestLine: 'a line of its manifest can’t be read',
  manifestAlgorithm: 'its manifest uses {algorithm}, which TT does not know',
  manifestLacks: 'its manifest does not name {file}',
  serverHasLess: 'the file on the server is smaller than before',
  serverStatus: 'the server answered {status}',
  serverOtherPart: 'the server sent a different part than requested',
  serverNoPart: 'the server does not say which part it sent',
  linkCut: 'the connection ended after {done} of {total} bytes',
  idle: 'nothing arrived for {idleMs} ms',
  redirectNotHttp: 'it redirects to something that is not an http or https address',
  redirectToHttp: 'it redirects from https to http ({url})',
  tooManyRedirects: 'it redirects more than {max} times',
  innerAddress: 'it leads into the internal network of the host; only an administrator may import from there',
  noImageMade: 'the recipe made no image',
  outputNotEmpty: '{folder} is not empty',
  packageListsFailed: 'apt-get update failed',
  commandMissing: 'the command {command} is not installed',
} as const;

/** What somebody can do about an image that could not be built. */
export const adviceTerms = {
  runDoctor: 'Run "npm run doctor" on the host, then build it again.',
  checkApt: 'Check the host’s network and its apt sources, then run "apt-get update" by hand to see what is wrong.',
  needDebian: 'Build this image on a Debian 12 machine, or copy a built image from one.',
  updateApt: 'Run "apt-get update" as root; the packages come from the Debian 12 (bookworm) sources.',
  checkNetwork: 'Check the network of the host and run "apt-get update" as root, then try again.',
  removeImage: 'Remove that image first; guests made from it need it as long as they exist.',
  installCommand: 'Install that command (Debian packages: dpkg, e2fsprogs, qemu-utils), then try again.',
  checkDisk: 'Check that the disk is not full and that the packages come from Debian 12, then try again.',
} as const;

/** How to make by hand an image that TT may not fetch. */
export const instructionTerms = {
  windowsServer2022:
    'Fetch the evaluation ISO from the Evaluation Center on microsoft.com, and the drivers (virtio-win.iso) from the virtio-win project. Bring both in with "npx tt image import FILE.iso". Make an ENV with a VM that has an empty disk of 40 GiB, 4 GiB of memory, UEFI and both CDs, boot from the CD, load the driver "viostor" when the installer sees no disk, install, shut down, and publish the VM as "qemu:windows-server-2022:eval".',
  windows11:
    'Fetch the evaluation ISO from the Evaluation Center on microsoft.com, and the drivers (virtio-win.iso) from the virtio-win project. Bring both in with "npx tt image import FILE.iso". Install as for Windows Server 2022, with 64 GiB of disk; before the first question press Shift+F10 and set "LabConfig\\BypassTPMCheck" in the registry, as TT’s machines have no TPM. Then publish the VM as "qemu:windows-11:eval".',
} as const;
