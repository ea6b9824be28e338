// Giving everything of a user to another: all of it or nothing, and never while somebody works on it.
import { expect, it } from 'vitest';
import { handOver } from './hand-over.ts';

/** Records by owner, of which those of `failAt` can't be written. */
function makeServices(failAt: string | null, running: object[] = []) {
  const records = new Map([
    ['env', { name: 'demo', owner: 'ann' }],
    ['lab', { name: 'course', owner: 'ann' }],
    ['profile', { name: 'desk', owner: 'ann' }],
    ['template', { name: 'start', owner: 'ann' }],
  ]);
  let refusals = failAt === null ? 0 : 1;
  const put = (kind: string) => (record: { name: string; owner: string }) => {
    if (kind === failAt && refusals-- > 0) throw new Error('the disk is full');
    records.set(kind, record);
  };
  const list = (kind: string) => () => [records.get(kind)];
  const services = {
    inventory: { envs: list('env'), putEnv: put('env') },
    labs: { labs: list('lab'), putLab: put('lab'), profiles: list('profile'), putProfile: put('profile') },
    templates: { list: list('template'), put: put('template') },
    images: { list: () => [], tell: () => {} },
    operations: { list: () => running, startedBy: () => null },
    logger: { error: (why: unknown) => expect.unreachable(String(why)) },
  } as unknown as Parameters<typeof handOver>[0];
  return { services, owners: () => [...records.values()].map(({ owner }) => owner) };
}

it('gives all, and then does what belongs to it', async () => {
  const { services, owners } = makeServices(null);
  let isDone = false;
  const afterwards = () => {
    isDone = true;
  };
  const given = await handOver(services, { from: 'ann', to: 'kim', afterwards });
  expect([given, isDone, owners()]).toEqual([4, true, ['kim', 'kim', 'kim', 'kim']]);
});

it.each(['lab', 'template'])('gives nothing when a %s can’t be written', async (failAt) => {
  const { services, owners } = makeServices(failAt);
  const afterwards = () => expect.unreachable();
  await expect(handOver(services, { from: 'ann', to: 'kim', afterwards })).rejects.toThrow('the disk is full');
  expect(owners()).toEqual(['ann', 'ann', 'ann', 'ann']);
});

it('gives nothing when what belongs to it fails', async () => {
  const { services, owners } = makeServices(null);
  const afterwards = () => {
    throw new Error('the disk is full');
  };
  await expect(handOver(services, { from: 'ann', to: 'kim', afterwards })).rejects.toThrow('the disk is full');
  expect(owners()).toEqual(['ann', 'ann', 'ann', 'ann']);
});

it.each([{ envName: 'demo' }, { labName: 'course' }, { profileName: 'desk' }, { templateName: 'start' }])(
  'is refused while an operation runs on %j',
  async (subject) => {
    const { services, owners } = makeServices(null, [{ id: '1', kind: 'env.update', state: 'running', subject }]);
    const refused = expect.objectContaining({ code: 'USER_BUSY', data: { user: 'ann', operation: 'env.update' } });
    const afterwards = () => expect.unreachable();
    await expect(handOver(services, { from: 'ann', to: 'kim', afterwards })).rejects.toEqual(refused);
    expect(owners()).toEqual(['ann', 'ann', 'ann', 'ann']);
  },
);
