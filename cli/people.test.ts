// `tt user …`, `tt team …`, `tt token …` and a link that gives this computer a token of its own, against a test agent with the fake engine.
import { teamSchema, tokenViewSchema, userSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let text: TestTt['text'];
beforeAll(async () => {
  running = await startTestTt({});
  ({ text } = running);
});
afterAll(() => running.stop());

const statusOf = async (token: string) =>
  (await fetch(`${running.agent.url}/api/me`, { headers: { authorization: `Bearer ${token}` } })).status;

it('users are added, changed, given a quota, listed and deleted', async () => {
  expect(await text('user add ann')).toBe('ann is created. Let them in: tt user invite ann\n');
  expect(await text('user update ann --role viewer --disabled on')).toBe('ann: viewer, disabled\n');
  expect(await text('user quota ann --vms 3 --mem 2048')).toBe('ann: vms 3, memoryMiB 2048 (own)\n');
  expect(await text('user list')).toMatch(
    /^NAME +ROLE +FROM +TOKENS +HAS +QUOTA\nlocal +admin +owner +0 +0 ENVs, 0 VMs +no limit\nann +viewer, disabled +state +0 +0 ENVs, 0 VMs +vms 3, memoryMiB 2048 \(own\)\n$/,
  );
  expect((await running.json('user list', z.object({ users: z.array(userSchema) }))).users).toHaveLength(2);
  expect(await text('user quota ann --default')).toBe('ann: no limit\n');
  expect(await text('user update ann --disabled off')).toBe('ann: viewer\n');
  expect(
    await running.endings(
      'user add ann',
      'user add -- -x',
      'user update ann',
      'user quota ann',
      'user update local --role user',
    ),
  ).toEqual([
    [4, 'USER_NAME_TAKEN'],
    [2, 'INPUT_INVALID'],
    [2, undefined],
    [2, undefined],
    [4, 'USER_FIXED'],
  ]);
  expect(await text('user del ann --yes')).toBe('ann is deleted\n');
  expect(await running.endings('user del ann --yes', 'user invite ann')).toEqual([
    [3, 'USER_NOT_FOUND'],
    [3, 'USER_NOT_FOUND'],
  ]);
});

it('what a user owns goes to whom it is given to', async () => {
  await text('user add ann');
  const { secret } = await running.agent.client.token.create({ userName: 'ann', name: 'pc' });
  const anns = running.agent.connectAs(secret);
  await anns.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  anns.close();
  expect(await running.endings('user del ann --yes')).toEqual([[4, 'USER_OWNS_THINGS']]);
  expect(await text('user del ann --give-to local --yes')).toBe('ann is deleted; local owns 1 more\n');
  expect((await running.agent.client.env.show({ name: 'demo' })).env.owner).toBe('local');
  await running.removeEnvs();
});

it('a token is printed alone, listed and revoked', async () => {
  const { stdout, stderr } = await running.tt('token add ci --life-time 30d');
  const secret = stdout.trim();
  expect([secret, stderr]).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.stringContaining('belongs to local')]);
  expect(await statusOf(secret)).toBe(200);
  const { tokens } = await running.json('token list', z.object({ tokens: z.array(tokenViewSchema) }));
  const [token] = tokens;
  expect(token).toMatchObject({ name: 'ci', userName: 'local', lastUsedFrom: '127.0.0.1' });
  expect(await text('token list')).toMatch(
    new RegExp(`^ID .*\\n${token?.id} +local +ci +\\S+ +\\S+ +\\S+ +127.0.0.1\\n$`),
  );
  expect(await text(`token revoke ${token?.id} --yes`)).toBe(`${token?.id} is revoked\n`);
  expect(await statusOf(secret)).toBe(401);
  expect(await running.endings(`token revoke ${token?.id} --yes`)).toEqual([[3, 'TOKEN_NOT_FOUND']]);
});

it('a link gives this computer a token, which "tt" then uses', async () => {
  await text('user add kim');
  const link = (await running.tt('user invite kim')).stdout.trim();
  expect(link).toMatch(/\/#join=[\w-]+$/);
  const home = { TT_HOME: running.emptyHome };
  expect(await running.tt(['config', '--serv-addr', link], home)).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await running.tt('me', home)).stdout).toMatch(/^kim: user\n/);
  const { tokens } = await running.agent.client.token.list();
  expect(tokens.map(({ userName, createdBy }) => [userName, createdBy])).toEqual([['kim', 'kim']]);
  expect((await running.tt(['config', '--serv-addr', link], home)).exitCode).toBe(7);
});

it('a team is made, given members and a quota, shown and deleted; ENVs are shared with it', async () => {
  await text('user add ann');
  expect(await text('team add qa --vms 5')).toBe('qa is created. Take users in: tt team member add qa USER\n');
  expect(await text('team member add qa ann local')).toBe('qa: ann, local\n');
  expect(await text('team quota qa --vms 3 --mem 2048')).toBe('qa: vms 3, memoryMiB 2048\n');
  await text('env add demo --vm tiny --team qa');
  expect(await text('env list')).toContain('local (qa)');
  expect(await text('env show demo')).toContain('shared by local with the team qa\n');
  expect(await text('team list')).toMatch(
    /^NAME +MEMBERS +HAS +QUOTA\nqa +ann,local +1 ENVs, 1 VMs +vms 3, memoryMiB 2048\n$/,
  );
  expect(await text('team show qa')).toMatch(/^team: +qa, made by local\nmembers: +ann, local\nENVs: +demo\n/);
  expect(await text('me')).toMatch(/\nteam qa\nRESOURCE +USED +QUOTA\nENVs +1 +no limit\nVMs +1 +3\n/);
  expect((await running.json('team list', z.object({ teams: z.array(teamSchema) }))).teams).toHaveLength(1);
  expect(
    await running.endings(
      'team add qa',
      'team quota qa',
      'team show qb',
      'team member add qa kin',
      'team del qa --yes',
      'env add more --vm tiny,copies=3 --team qa',
    ),
  ).toEqual([
    [4, 'TEAM_NAME_TAKEN'],
    [2, undefined],
    [3, 'TEAM_NOT_FOUND'],
    [3, 'USER_NOT_FOUND'],
    [4, 'TEAM_SHARES_THINGS'],
    [5, 'TEAM_QUOTA_EXCEEDED'],
  ]);
  expect(await text('team member del qa ann --yes')).toBe('qa: local\n');
  expect(await running.endings('team member del qa ann --yes')).toEqual([[3, 'NOT_IN_TEAM']]);
  await text('env update demo --unshare');
  expect(await text('env show demo')).not.toContain('shared by');
  await text('env update demo --team qa');
  expect(await text('team del qa --unshare --yes')).toBe('qa is deleted; 1 ENVs are shared no more\n');
  await running.removeEnvs();
});
