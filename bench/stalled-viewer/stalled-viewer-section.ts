// Section `stalled-viewer`: clients that connect and never read must not make the agent grow. One watches a console with a
// flood of output, one follows the events; limits are in bytes, not ratios, because the guarantee is in bytes.
import type { Section } from '../section.ts';
import { measureStalledConsole } from './stalled-console.ts';
import { measureStalledFollower } from './stalled-follower.ts';

export const stalledViewerSection: Section = {
  name: 'stalled-viewer',
  title: 'memory that clients who never read cost the agent',
  async run(context) {
    const comparisons = [await measureStalledConsole(context), await measureStalledFollower(context)].flat();
    return {
      comparisons,
      notes: [
        'resident memory is noisy by some MiB: the garbage collector of the agent decides when it gives some back.',
        'taken: what the console handed out, less what the kernel holds on its way (socket buffers of both ends).',
      ],
      peerCommands: [],
    };
  },
};
