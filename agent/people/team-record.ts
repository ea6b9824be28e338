// A team as the state keeps it.
import type { Quota } from '@tt/protocol';

export interface TeamRecord {
  name: string;
  /** Names of users, in the order in which they were added. */
  members: string[];
  /** Of all that is shared with it together. */
  quota: Quota;
  /** ISO 8601. */
  createdAt: string;
  createdBy: string;
}
