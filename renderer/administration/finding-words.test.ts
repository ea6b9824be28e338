// Findings are told in the language of the window: clauses by their codes, commands as they are; older agents as they wrote them.
import { type HostFinding, quoted, reason } from '@tt/protocol';
import { expect, test } from 'vitest';
import { findingWords, fixWords } from './finding-words.ts';

const finding: HostFinding = {
  name: 'kvm',
  state: 'warning',
  description: 'guests run under emulation (TCG), several times slower; KVM is not used: there is no /dev/kvm',
  fixes: ['sudo usermod -aG kvm "$USER"', 'Then log in again.'],
  codes: [reason('finding.emulation'), reason('kvmMissing', { device: '/dev/kvm' })],
  fixCodes: [null, reason('fix.logInAgain')],
};

test('in English they say what the description says', () => {
  expect(findingWords(finding, 'en')).toBe(finding.description);
  expect(fixWords(finding, 'en')).toEqual(finding.fixes);
});

test('in Chinese only commands and quotes are English', () => {
  expect(findingWords(finding, 'zh-CN')).toMatch(/^客户机以仿真方式（TCG）运行，速度慢数倍；.*\/dev\/kvm/);
  expect(fixWords(finding, 'zh-CN')).toEqual(['sudo usermod -aG kvm "$USER"', '然后重新登录。']);
  const said = { ...finding, codes: [quoted('finding.uncheckable', 'no such luck')], fixes: [], fixCodes: [] };
  expect(findingWords(said, 'zh-CN')).toContain('“no such luck”');
});

test('an older agent, without codes, is shown as it is', () => {
  const { codes, fixCodes, ...older } = finding;
  expect([codes?.length, fixCodes?.length]).toEqual([2, 2]);
  expect([findingWords(older, 'zh-CN'), fixWords(older, 'zh-CN')]).toEqual([finding.description, finding.fixes]);
});
