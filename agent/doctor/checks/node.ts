// Node.js: only version 24 and newer runs TypeScript sources directly.
import { type Check, found, needed } from '../check.ts';

const WANTED_MAJOR = 24;

export const nodeCheck: Check = {
  name: 'node',
  look: async ({ nodeVersion }) =>
    Number(nodeVersion.split('.')[0]) >= WANTED_MAJOR
      ? found(`Node ${nodeVersion}`)
      : needed(
          `Node ${nodeVersion} is too old; ${WANTED_MAJOR} or newer is required`,
          'Run it as "npm run doctor": npm scripts use the Node that "npm ci" installed.',
        ),
};
