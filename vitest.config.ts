// Unit and contract tests (`unit`: fast, no root, no guests), tests with real QEMU and real packages (`real`), more of those
// that CI runs after `npm test` (`deep`), and those of a minute and more that are run by hand (`long`).
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// Many tests start agents: their compiled sources are kept between starts, which halves what a start costs.
process.env['NODE_COMPILE_CACHE'] ??= path.join(import.meta.dirname, 'node_modules', '.cache', 'compiled');

/** On a machine shared with others one slow moment may fail a test; what fails twice is a fault. */
const RETRIES = process.env['CI'] ? 1 : 0;

const everywhere = ['**/node_modules/**', 'out/**', 'dist/**', 'e2e/specs/**'];

const withGuests = ['real', 'deep', 'long'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...everywhere, ...withGuests.map((name) => `**/*.${name}.test.ts`)],
          testTimeout: 60_000,
          retry: RETRIES,
          // Many wait for programs they start: one worker for each processor, not one less.
          maxWorkers: 2,
        },
      },
      ...(['real', 'deep'] as const).map((name) => ({
        test: {
          name,
          include: [`**/*.${name}.test.ts`],
          exclude: everywhere,
          // Guests under emulation are slow, and two files at a time on two cores take as long as one after the other (seen: the
          // crash tests 413 s instead of 150), while limits and leases are measured worse.
          testTimeout: 240_000,
          retry: RETRIES,
          hookTimeout: 240_000,
          maxWorkers: 1,
        },
      })),
      {
        test: {
          // A minute or more each: several guests, builds of whole systems, installers. By hand: `vitest run --project long <file>`.
          name: 'long',
          include: ['**/*.long.test.ts'],
          exclude: everywhere,
          testTimeout: 60 * 60_000,
          hookTimeout: 60 * 60_000,
          maxWorkers: 1,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['{protocol,client,server,agent,cli,proxy,renderer,main}/**/*.{ts,tsx}'],
      exclude: [
        '**/*.test.ts',
        ...withGuests.map((name) => `**/*.${name}.test.ts`),
        '**/test-*.ts',
        '**/*.contract.ts',
        'agent/{testing,scenarios}/**',
        '**/*.gen.ts',
        '**/*.d.ts',
        '**/guest/**',
      ],
      reporter: ['text-summary', 'html'],
    },
  },
});
