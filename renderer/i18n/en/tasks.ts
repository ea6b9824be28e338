// Background tasks of the agent, by the names it has for them: what each is called, and what it does, in one sentence.
export const tasks = {
  'free-space': { name: 'Free disk space', does: 'Measures how much space the disk of the host has left.' },
  'disk-space': {
    name: 'Disk guard',
    does: 'Keeps a reserve on the disk, empties the bin when the disk is full, and resumes machines that waited for space.',
  },
  'stored-bytes': {
    name: 'Storage use',
    does: 'Measures what disks and snapshots really take, for quotas and the Storage page.',
  },
  'unknown-vms': {
    name: 'Machines in an unknown state',
    does: 'Looks again at machines whose state could not be found out.',
  },
  'identity-reset': {
    name: 'Identities of copies',
    does: 'Gives copied machines a new identity once their guest answers.',
  },
  'idle-transfers': { name: 'Abandoned transfers', does: 'Deletes uploads and downloads that nobody continues.' },
  'partial-downloads': {
    name: 'Interrupted image downloads',
    does: 'Deletes parts of image downloads that nobody has resumed for a day.',
  },
  'old-runs': { name: 'Old runs', does: 'Deletes runs and their output when their time is over.' },
  'audit-trail': { name: 'Audit trail', does: 'Deletes entries of the audit trail that are too old or too many.' },
  'discarded-writes': { name: 'Discarded writes', does: 'Deletes what stopped machines of lab sessions have written.' },
  'warm-images': { name: 'Warm images', does: 'Keeps the most used images warm, so that new machines start at once.' },
  'storage-cleanup': { name: 'Storage cleanup', does: 'Deletes files of the storage that nothing needs any more.' },
  'env-expiry': { name: 'Ends of ENVs', does: 'Stops or deletes ENVs whose lifetime is over.' },
  'bin-expiry': { name: 'Emptying of the bin', does: 'Deletes for good what has been in the bin long enough.' },
  'expiry-warnings': {
    name: 'Warnings before the end',
    does: 'Announces that the lifetime of an ENV is about to end.',
  },
  'scheduled-snapshots': { name: 'Scheduled snapshots', does: 'Takes the snapshots that ENVs have a schedule for.' },
  'snapshot-expiry': { name: 'Expired snapshots', does: 'Deletes snapshots whose time is over.' },
  'network-repair': {
    name: 'Network repair',
    does: 'Restores networks and firewall rules of ENVs that something else has changed.',
  },
  'other-firewalls': {
    name: 'Other firewalls',
    does: 'Looks for rules of other firewalls of the host that would block guests.',
  },
  'host-address': {
    name: 'Address of the host',
    does: 'Follows the address of the host, so that forwarded ports are shown correctly.',
  },
  'kvm-watch': { name: 'KVM watch', does: 'Notices guests that hang with KVM, and restarts them without it.' },
  'guest-addresses': { name: 'Addresses of guests', does: 'Finds out which addresses guests have got.' },
  'guest-readiness': {
    name: 'Readiness of guests',
    does: 'Asks machines that have just started whether their guest answers yet.',
  },
  'cloud-init': { name: 'First-boot setup', does: 'Follows how far the first-boot setup of machines is.' },
  certificate: {
    name: 'Certificate',
    does: 'Renews the TLS certificate before it ends, and reads one that you replaced.',
  },
  'last-hour': { name: 'Last hour', does: 'Adds the newest values to the charts of the last hour.' },
  'vm-memory': { name: 'Memory of machines', does: 'Measures how much memory each machine really uses.' },
  'vm-metrics': {
    name: 'Load of machines',
    does: 'Measures processor, disk and network use of each machine every second.',
  },
} as const;
