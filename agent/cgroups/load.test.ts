// Which driver the agent gets on this host, as any user: a working one, and an explanation for the doctor.
import { expect, it } from 'vitest';
import { loadCgroups } from './load.ts';
import { randomTag } from './test-processes.ts';

it('gives what is asked for by name', async () => {
  for (const name of ['none', 'fake'] as const) {
    expect((await loadCgroups({ agentTag: randomTag(), name })).kind).toBe(name);
  }
});

it('refuses a tag that could be a path', async () => {
  const { V1Cgroups } = await import('./v1/v1-cgroups.ts');
  const mounts = new Map([['cpu', '/nowhere']]);
  expect(() => new V1Cgroups({ agentTag: '../x', mounts })).toThrow(expect.objectContaining({ code: 'BAD_NAME' }));
});
