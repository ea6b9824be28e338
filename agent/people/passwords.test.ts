// Hashes of passwords, and how often somebody may guess.
import { describe, expect, it } from 'vitest';
import { MOST_WRONG_PER_ADDRESS, MOST_WRONG_PER_USER, PasswordLogin } from './password-login.ts';
import { hashPassword, isPassword } from './passwords.ts';

const cheap = { memoryKiB: 8, passes: 1, lanes: 1 };
const START = Date.parse('2026-11-21T10:00:00Z');

describe('a hash', () => {
  it('is that of one password, has its own salt, and is Argon2id as others compute it', async () => {
    const [one, two] = await Promise.all(['correct horse', 'correct horse'].map((text) => hashPassword(text, cheap)));
    expect(one).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await isPassword('correct horse', one ?? '')).toBe(true);
    expect(await isPassword('correct horsf', one ?? '')).toBe(false);
    // From the tests of the reference implementation (github: P-H-C/phc-winner-argon2, test.c).
    const known = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect([await isPassword('password', known), await isPassword('passwore', known)]).toEqual([true, false]);
  });

  it('knows letters that are typed in two ways, and refuses a text that is none', async () => {
    expect(await isPassword('e\u0301', await hashPassword('\u00e9', cheap))).toBe(true);
    await expect(isPassword('x', 'plain text')).rejects.toThrow('unknown form');
  });
});

describe('a login', () => {
  const setUp = async () => {
    let clock = START;
    const login = new PasswordLogin(() => new Date(clock), cheap);
    const hash = await login.hash('right one');
    const attempt = (
      password: string,
      userName = 'ann',
      address: string | null = '192.0.2.1',
      known = hash as string | null,
    ) => login.check({ userName, password, address }, known).catch((error: { code: string; data: object }) => error);
    const bobs = await login.hash('right one');
    return { attempt, bobs, pass: (ms: number) => (clock += ms) };
  };
  const wrong = expect.objectContaining({ code: 'PASSWORD_WRONG' });
  const tooOften = (retryAfterS: number) =>
    expect.objectContaining({ code: 'PASSWORD_TOO_OFTEN', data: { retryAfterS } });

  it('tells how many wrong ones came before, once', async () => {
    const { attempt } = await setUp();
    expect(await attempt('right one')).toBe(0);
    for (let count = 0; count < 3; count++) expect(await attempt('wrong one')).toEqual(wrong);
    expect([await attempt('right one'), await attempt('right one')]).toEqual([3, 0]);
  });

  it('waits after 20 wrong ones for a user, from wherever they come, also with the right one', async () => {
    const { attempt, pass, bobs } = await setUp();
    for (let count = 0; count < MOST_WRONG_PER_USER; count++) {
      expect(await attempt('wrong one', 'ann', `192.0.2.${count}`)).toEqual(wrong);
    }
    pass(60_000);
    expect(await attempt('right one', 'ann', '198.51.100.1')).toEqual(tooOften(14 * 60));
    expect(await attempt('right one', 'bob', '192.0.2.1', bobs)).toBe(0);
    pass(14 * 60_000);
    expect(await attempt('right one')).toBe(MOST_WRONG_PER_USER);
  });

  it('waits after 100 wrong ones from an address, and for names that nobody has as for others', async () => {
    const { attempt } = await setUp();
    for (let count = 0; count < MOST_WRONG_PER_ADDRESS; count++) {
      expect(await attempt('any', `nobody-${count}`, '192.0.2.1', null)).toEqual(wrong);
    }
    expect(await attempt('right one')).toEqual(tooOften(15 * 60));
    expect(await attempt('right one', 'ann', '192.0.2.2')).toBe(0);
    expect(await attempt('right one', 'ann', null)).toBe(0);
  });

  it('counts all of those that are sent at once', async () => {
    const { attempt } = await setUp();
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt('wrong one')));
    const refused = answers.filter((answer) => typeof answer === 'object' && answer.code === 'PASSWORD_WRONG');
    expect(refused).toHaveLength(MOST_WRONG_PER_USER);
  });
});
