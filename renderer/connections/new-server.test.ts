// What is sent for a new server: one kind of login, and no secret of another that was typed before.
import { expect, it } from 'vitest';
import { firstValues, newServerForm, requestOf } from './new-server.ts';

const nothing = { fingerprint: null, sshKeys: [] };
const typed = {
  ...firstValues(null),
  address: 'tt.example',
  token: 'the-token',
  userName: 'ann',
  userPassword: ' a password ',
};
const sent = (more: Partial<typeof typed>) => {
  const { token, wayIn } = requestOf(newServerForm.parse({ ...typed, ...more }), nothing);
  return { token, wayIn };
};

it('is the token, the password or the browser, and with a join link none of them', () => {
  expect(sent({})).toEqual({ token: 'the-token', wayIn: undefined });
  const byPassword = { kind: 'password', userName: 'ann', password: ' a password ' };
  expect(sent({ wayIn: 'password' })).toEqual({ token: '', wayIn: byPassword });
  expect(sent({ wayIn: 'browser' })).toEqual({ token: '', wayIn: { kind: 'browser' } });
  expect(sent({ wayIn: 'password', address: 'https://tt.example#join=abc' })).toEqual({ token: '', wayIn: undefined });
});

it('needs what its way in takes', () => {
  const missing = (more: Partial<typeof typed>) =>
    newServerForm
      .safeParse({ ...typed, token: '', userName: '', userPassword: '', ...more })
      .error?.issues.map(({ path }) => path[0]);
  expect(missing({})).toEqual(['token']);
  expect(missing({ wayIn: 'password' })).toEqual(['userName', 'userPassword']);
  expect(missing({ wayIn: 'browser' })).toBeUndefined();
  expect(missing({ address: 'https://tt.example#join=abc' })).toBeUndefined();
});
