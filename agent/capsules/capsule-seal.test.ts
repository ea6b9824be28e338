// The seal of a capsule tells who made it.
import type { CapsuleManifest } from '@tt/protocol';
import { expect, it } from 'vitest';
import { CapsuleSeal } from './capsule-seal.ts';

it('is of the agent and the user that made it, until a byte of the manifest is another', () => {
  const manifest = { format: 'tt-capsule', env: { name: 'demo' }, title: undefined } as unknown as CapsuleManifest;
  const seal = new CapsuleSeal('key');
  const text = JSON.stringify({ ...manifest, seal: seal.make(manifest, 'mei') }, null, 2);
  expect([seal.isOf(text, 'mei'), seal.isOf(text, 'ann'), new CapsuleSeal('other').isOf(text, 'mei')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(seal.isOf(text.replace('demo', 'omed'), 'mei')).toBe(false);
  for (const wrong of [{}, { seal: 7 }, { seal: '' }, { seal: 'zz' }]) {
    expect(seal.isOf(JSON.stringify({ ...manifest, ...wrong }), 'mei')).toBe(false);
  }
});
