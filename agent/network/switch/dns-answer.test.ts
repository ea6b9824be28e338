// Names of an ENV's machines; all others leave the ENV, or are refused where nobody could be asked.
import { expect, it } from 'vitest';
import { answerDns, type EnvNames } from './dns-answer.ts';

const names: EnvNames = {
  domain: 'shop.tt',
  addresses: new Map([
    ['web', 0x0a_d5_00_03],
    ['db-1', 0x0a_d5_00_04],
  ]),
  isOwn: (address) => address >>> 8 === 0x0a_d5_00,
  isFenced: false,
};
const A = 1;
const PTR = 12;
const AAAA = 28;

function query(name: string, type = A, more = Buffer.alloc(0)): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  const header = Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, more.length > 0 ? 1 : 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1]), more]);
}

function asked(name: string, type = A, of = names) {
  const answer = answerDns(query(name, type), of);
  if (!answer) return null;
  const count = answer.readUInt16BE(6);
  return { code: answer.readUInt8(3) & 15, count, data: answer.subarray(answer.length - 4).readUInt32BE(0), answer };
}

it('answers for machines by their name, with and without the domain, in any case', () => {
  for (const name of ['web', 'WEB', 'web.shop.tt', 'Web.Shop.TT']) {
    expect(asked(name)).toMatchObject({ code: 0, count: 1, data: 0x0a_d5_00_03 });
  }
  const { answer } = asked('db-1') ?? {};
  expect(answer?.readUInt16BE(0)).toBe(0x1234);
  // An answer, authoritative, recursion was desired and is available.
  expect(answer?.readUInt16BE(2)).toBe(0x8580);
});

it('says that a machine has no address of another kind, and that there is no such machine', () => {
  expect(asked('web', AAAA)).toMatchObject({ code: 0, count: 0 });
  expect(asked('nobody')).toMatchObject({ code: 3, count: 0 });
  expect(asked('nobody.shop.tt', AAAA)).toMatchObject({ code: 3 });
});

it('knows names by address', () => {
  const found = asked('4.0.213.10.in-addr.arpa', PTR);
  expect(found).toMatchObject({ code: 0, count: 1 });
  expect(found?.answer.includes('\x04db-1\x04shop\x02tt\x00')).toBe(true);
  expect(asked('9.0.213.10.in-addr.arpa', PTR)).toMatchObject({ code: 3 });
  expect(asked('4.0.0.127.in-addr.arpa', PTR)).toBeNull();
});

it('lets other names out of the ENV, unless it is fenced', () => {
  expect(asked('www.example.org')).toBeNull();
  expect(asked('web.other.tt')).toBeNull();
  // Not its own domain, although it ends alike.
  expect(asked('web.myshop.tt')).toBeNull();
  expect(asked('www.example.org', A, { ...names, isFenced: true })).toMatchObject({ code: 5, count: 0 });
});

it('reads queries with additional records, and nothing else', () => {
  const edns = Buffer.from([0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]);
  expect(answerDns(query('web', A, edns), names)?.readUInt16BE(6)).toBe(1);
  const whole = query('web');
  for (let length = 0; length < whole.length; length++) expect(answerDns(whole.subarray(0, length), names)).toBeNull();
  const changed = (at: number, value: number) => {
    const copy = Buffer.from(whole);
    copy.writeUInt16BE(value, at);
    return answerDns(copy, names);
  };
  expect(changed(2, 0x8100)).toBeNull();
  expect(changed(2, 0x2800)).toBeNull();
  expect(changed(4, 2)).toBeNull();
  expect(changed(6, 1)).toBeNull();
  // A pointer instead of a name, and a class of its own.
  expect(changed(12, 0xc00c)).toBeNull();
  expect(changed(whole.length - 2, 3)).toBeNull();
});
