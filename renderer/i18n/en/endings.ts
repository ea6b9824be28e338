// Words of the end of a lifetime: the warning before, what happens then, and an expired ENV.
export const endings = {
  warnings: 'ENVs that end soon',
  /** After the name of the ENV, for screen readers: with `after`. */
  endsAt: 'ends at {{time}}.',
  /** Below the name of the ENV, counting down: what happens and when. */
  endsIn: {
    delete: 'deleted in {{left}} ({{time}})',
    stop: 'stopped in {{left}} ({{time}})',
    snapshotThenStop: 'stopped in {{left}} ({{time}})',
    snapshotThenDelete: 'deleted in {{left}} ({{time}})',
  },
  after: {
    delete: 'It will be deleted.',
    stop: 'It will be stopped.',
    snapshotThenStop: 'A snapshot will be taken, then it will be stopped.',
    snapshotThenDelete: 'A snapshot will be taken, then it will be deleted and kept in the bin for a while.',
  },
  keep: 'Keep…',
  keepLong: 'Keep {{env}}: change its lifetime',
  putOff: 'Remind me of {{env}} in 5 min',
  dismiss: 'Dismiss the warning about {{env}}',
  addHourToAll: '+ 1 h for all {{count}}',
  dismissAll: 'Dismiss all',
  policy: 'When the lifetime ends',
  policies: {
    delete: 'Delete',
    stop: 'Stop',
    snapshotThenStop: 'Snapshot, stop',
    snapshotThenDelete: 'Snapshot, delete',
  },
  policyHints: {
    delete: 'Machines, disks and snapshots are deleted.',
    stop: 'Disks and ports stay; extend it to start it again.',
    snapshotThenStop: 'Like stop, and the last state is kept on the shelf.',
    snapshotThenDelete: 'The last state is kept in the bin for a while; on a host without a bin it is only stopped.',
  },
  expired: 'expired',
  expiredButton: 'expired at {{time}}. Change the lifetime',
  expiredAt: 'Expired at {{time}} and stopped. Extend it, then start it.',
  extend: 'Extend',
  extendLong: 'Extend {{env}} by 1 h from now',
  extended: '{{env}} extended',
  changeLifetime: 'Change the lifetime',
  overrideLimit: 'Custom lifetime (admin)',
  overrideLimitHint: 'Administrators can set any lifetime.',
  hours: 'Lifetime in hours',
} as const;
