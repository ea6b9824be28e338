// Tickets, join codes, sessions and cookies: good once or for a while, never longer, never guessed at.
import { TtError } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { Access } from './access.ts';
import { Identities, localAdmin, nobody } from './identities.ts';
import { JoinCodes } from './join-codes.ts';
import { sameSecret } from './same-secret.ts';
import { join } from './session-calls.ts';
import { sessionCookie, sessionIn } from './session-cookie.ts';
import { Tickets } from './tickets.ts';

function makeClock() {
  let time = Date.parse('2026-11-21T10:00:00Z');
  return { now: () => new Date(time), pass: (ms: number) => (time += ms) };
}

const isOpen = (codes: JoinCodes, session: string) => codes.callerOf(session) !== null;

describe('a ticket', () => {
  it('is good once, for its purpose, for fifteen seconds', () => {
    const { now, pass } = makeClock();
    const tickets = new Tickets<string>(now);
    const first = tickets.issue('vm-1');
    const second = tickets.issue('vm-2');
    expect(first.ticket).toMatch(/^[\w-]{43}$/);
    expect(first.ticket).not.toBe(second.ticket);
    expect(first.expiresAt).toEqual(new Date('2026-11-21T10:00:15Z'));
    pass(14_999);
    expect([tickets.redeem(first.ticket), tickets.redeem(first.ticket)]).toEqual(['vm-1', null]);
    pass(1);
    expect([tickets.redeem(second.ticket), tickets.redeem('unknown')]).toEqual([null, null]);
  });
});

describe('a join code', () => {
  it('opens one session, within ten minutes', () => {
    const { now, pass } = makeClock();
    const codes = new JoinCodes('token', now);
    const [first, second] = [codes.issue(), codes.issue()];
    pass(599_999);
    const session = codes.redeem(first.code);
    expect([session !== null && isOpen(codes, session), codes.redeem(first.code)]).toEqual([true, null]);
    pass(1);
    expect([codes.redeem(second.code), codes.redeem(''), codes.redeem('unknown')]).toEqual([null, null, null]);
  });

  it('may also be the token itself, as often as one likes; a session is neither', () => {
    const { now } = makeClock();
    const codes = new JoinCodes('token', now);
    const [one, two] = [codes.redeem('token'), codes.redeem('token')];
    expect(one).not.toBe(two);
    expect([one, two].map((session) => isOpen(codes, session ?? ''))).toEqual([true, true]);
    expect([codes.redeem(one ?? ''), isOpen(codes, 'token'), codes.redeem('Token')]).toEqual([null, false, null]);
  });

  it('is not used up where no cookie can be set', () => {
    const joinCodes = new JoinCodes('token', makeClock().now);
    const { code } = joinCodes.issue();
    expect(() => join(code, { requestId: 'r', caller: localAdmin, joinCodes, peerAddress: null })).toThrow(
      expect.objectContaining({ code: 'JOIN_CODE_INVALID' }),
    );
    const resHeaders = new Headers();
    expect(join(code, { requestId: 'r', caller: localAdmin, joinCodes, resHeaders, peerAddress: null })).toEqual({
      joined: true,
    });
    expect(resHeaders.get('set-cookie')).toMatch(
      /^tt-session=\d+\.[\w-]{22}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  it('gives a session that ends after twelve hours', () => {
    const { now, pass } = makeClock();
    const codes = new JoinCodes('token', now);
    const session = codes.redeem('token') ?? '';
    pass(12 * 3_600_000 - 1);
    expect(isOpen(codes, session)).toBe(true);
    pass(1);
    expect(isOpen(codes, session)).toBe(false);
  });
});

it('a session outlives a restart, ends with its token, and can not be made up or made longer', () => {
  const { now } = makeClock();
  const session = new JoinCodes('token', now).redeem('token') ?? '';
  const [end, nonce, mac] = session.split('.');
  const afterRestart = new JoinCodes('token', now);
  const longer = `${Number(end) + 1}.${nonce}.${mac}`;
  expect([session, longer, `${end}.${nonce}.`, 'x', ''].map((text) => isOpen(afterRestart, text))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(isOpen(new JoinCodes('another token', now), session)).toBe(false);
});

it('a session is found among other cookies, and only under its own name', () => {
  const session = sessionCookie('abc').split(';')[0] ?? '';
  expect(['a=b; tt-session=abc; c=d', session, ' tt-session=abc ', 'tt-session=abc=x'].map(sessionIn)).toEqual(
    Array(4).fill('abc'),
  );
  expect([undefined, '', 'tt-session=', 'xtt-session=abc', 'TT-SESSION=abc', 'tt-session'].map(sessionIn)).toEqual(
    Array(6).fill(null),
  );
});

it('secrets are the same only when they are, whatever their length', () => {
  const pairs = [
    ['abc', 'abc'],
    ['abc', 'abd'],
    ['abc', 'ab'],
    ['', 'abc'],
    ['', ''],
  ] as const;
  expect(pairs.map(([given, expected]) => sameSecret(given, expected))).toEqual([true, false, false, false, true]);
});

describe('access', () => {
  const joinCodes = new JoinCodes('token', makeClock().now);
  const access = new Access(new Identities('token'), joinCodes, (host) => host === '127.0.0.1:1');
  const codeOf = (check: () => void) => {
    try {
      check();
      return 'ok';
    } catch (error) {
      return error instanceof TtError ? error.code : error;
    }
  };

  it('is for who shows the token or a session', () => {
    const session = joinCodes.redeem('token') ?? '';
    const good = [
      { authorization: 'Bearer token' },
      { authorization: 'bearer token' },
      { cookie: `tt-session=${session}` },
    ];
    const bad = [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer ' },
      { authorization: 'Bearer tokens' },
      { authorization: 'Basic token' },
      { authorization: 'token' },
      { cookie: 'tt-session=token' },
      { cookie: `other=${session}` },
    ];
    expect(good.map((headers) => access.callerOf(headers))).toEqual(Array(3).fill(localAdmin));
    expect(bad.map((headers) => access.callerOf(headers))).toEqual(Array(9).fill(nobody));
  });

  it('is refused to pages of other origins, and to names that are not ours', () => {
    const host = '127.0.0.1:1';
    const good = [{ host }, { host, origin: `http://${host}` }];
    const bad = [
      {},
      { host: 'evil.example:1' },
      { host: 'evil.example:1', origin: 'http://evil.example:1' },
      { host, origin: 'http://evil.example' },
      { host, origin: 'null' },
      { host, origin: '' },
      { host, origin: `https://${host}` },
      { host, origin: 'http://127.0.0.1:2' },
      { host, origin: `http://${host}.evil.example` },
    ];
    expect(good.map((headers) => codeOf(() => access.checkOrigin(headers)))).toEqual(['ok', 'ok']);
    expect(bad.map((headers) => codeOf(() => access.checkOrigin(headers)))).toEqual(Array(9).fill('ORIGIN_REFUSED'));
  });
});
