// Chains of other tables that drop packets of guests: those of Docker, ufw and firewalld as nft 1.0.6 lists them, and the rules
// that let TT's bridges pass.
import { describe, expect, it } from 'vitest';
import { foreignDrops } from './foreign-drops.ts';

type Statement = Record<string, unknown>;
const chain = (family: string, table: string, name: string, base: object = {}) => ({
  chain: { family, table, name, handle: 1, ...base },
});
const forward = (policy: string) => ({ type: 'filter', hook: 'forward', prio: 0, policy });
const input = (policy: string) => ({ ...forward(policy), hook: 'input' });
const rule = (family: string, table: string, name: string, ...expr: Statement[]) => ({
  rule: { family, table, chain: name, handle: 2, expr },
});
const at = (key: string, right: unknown, op = '==') => ({ match: { op, left: { meta: { key } }, right } });
const established = { match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'related'] } };
const jump = (target: string) => ({ jump: { target } });
const [accept, drop, reject, counter] = [
  { accept: null },
  { drop: null },
  { reject: { type: 'icmpx', expr: 'admin-prohibited' } },
  { counter: { packets: 1, bytes: 60 } },
];
const found = (...nftables: object[]) => foreignDrops(JSON.stringify({ nftables }), 'ttb1fca');

/** As Docker makes it. */
const docker = [
  chain('ip', 'filter', 'FORWARD', forward('drop')),
  chain('ip', 'filter', 'DOCKER-USER'),
  rule('ip', 'filter', 'FORWARD', counter, jump('DOCKER-USER')),
  rule('ip', 'filter', 'FORWARD', at('oifname', 'docker0'), established, accept),
  rule('ip', 'filter', 'FORWARD', at('iifname', 'docker0'), at('oifname', 'docker0', '!='), accept),
];

describe('another table that drops', () => {
  it('by the policy of its forward chain is named with the command for Docker’s own place for that', () => {
    expect(found(...docker, rule('ip', 'filter', 'DOCKER-USER', counter, { return: null }))).toEqual([
      {
        table: 'ip filter',
        chain: 'FORWARD',
        hook: 'forward',
        command:
          'nft \'insert rule ip filter DOCKER-USER iifname "ttb*" accept; insert rule ip filter DOCKER-USER oifname "ttb*" accept\'',
      },
    ]);
  });

  it('only one way is told for that way', () => {
    const half = rule('ip', 'filter', 'DOCKER-USER', at('iifname', 'ttb*'), counter, accept);
    expect(found(...docker, half)).toMatchObject([
      { command: 'nft \'insert rule ip filter DOCKER-USER oifname "ttb*" accept\'' },
    ]);
    const other = rule('ip', 'filter', 'DOCKER-USER', at('oifname', { set: ['lo', 'ttb1fca*'] }), accept);
    expect(found(...docker, half, other)).toEqual([]);
  });

  it('by a last rule is seen through its sub-chains, as with firewalld', () => {
    const firewalld = (...rules: object[]) =>
      found(
        chain('inet', 'firewalld', 'filter_FORWARD', forward('accept')),
        rule('inet', 'firewalld', 'filter_FORWARD', established, accept),
        rule('inet', 'firewalld', 'filter_FORWARD', jump('zones')),
        rule('inet', 'firewalld', 'filter_FORWARD', reject),
        ...rules,
      );
    expect(firewalld()).toMatchObject([{ table: 'inet firewalld', chain: 'filter_FORWARD', hook: 'forward' }]);
    expect(firewalld(rule('inet', 'firewalld', 'zones', accept))).toEqual([]);
    expect(firewalld(rule('inet', 'firewalld', 'zones', { goto: { target: 'on' } }))).toMatchObject([{}]);
  });

  it('all but some other interface is one that drops ours', () => {
    const base = chain('inet', 'own', 'f', forward('accept'));
    expect(found(base, rule('inet', 'own', 'f', at('iifname', 'eth0', '!='), drop))).toMatchObject([
      { command: 'nft \'insert rule inet own f iifname "ttb*" accept\'' },
    ]);
    expect(found(base, rule('inet', 'own', 'f', at('iifname', 'ttb*', '!='), drop))).toEqual([]);
    expect(found(base, rule('inet', 'own', 'f', at('iifname', 'eth0'), drop))).toEqual([]);
  });

  it('what guests ask of this host: DHCP and DNS, as with ufw', () => {
    const ufw = chain('ip', 'filter', 'INPUT', input('drop'));
    expect(found(ufw)).toEqual([
      {
        table: 'ip filter',
        chain: 'INPUT',
        hook: 'input',
        command: 'nft \'insert rule ip filter INPUT iifname "ttb*" accept\'',
      },
    ]);
    expect(found(ufw, rule('ip', 'filter', 'INPUT', at('iifname', 'ttb*'), accept))).toEqual([]);
  });

  it('is not TT’s own, one without IPv4, or one that calls itself for ever', () => {
    expect(found(chain('inet', 'tt_00aa', 'forward', forward('drop')))).toEqual([]);
    expect(found(chain('ip6', 'filter', 'FORWARD', forward('drop')))).toEqual([]);
    expect(found(chain('ip', 'nat', 'POSTROUTING', { ...forward('drop'), hook: 'postrouting' }))).toEqual([]);
    const loop = [chain('ip', 'x', 'f', forward('accept')), rule('ip', 'x', 'f', jump('f'))];
    expect(found(...loop)).toEqual([]);
  });
});
