// Node.js: only version 24 and newer runs TypeScript sources directly.
import { reason } from '@tt/protocol';
import { type Check, found, needed } from '../check.ts';

const WANTED_MAJOR = 24;

export const nodeCheck: Check = {
  name: 'node',
  look: async ({ nodeVersion }) =>
    Number(nodeVersion.split('.')[0]) >= WANTED_MAJOR
      ? found(reason('finding.programIs', { program: 'Node', version: nodeVersion }))
      : needed(
          reason('finding.programOld', { program: 'Node', version: nodeVersion, wanted: WANTED_MAJOR }),
          reason('fix.npmDoctor'),
        ),
};
