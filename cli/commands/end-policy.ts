// What happens at the end of a lifetime, as `--end-policy` takes it and as it is shown.
import type { EndPolicy } from '@tt/protocol';
import { InvalidArgumentError } from 'commander';

const endPolicies: ReadonlyMap<string, EndPolicy> = new Map([
  ['delete', 'delete'],
  ['stop', 'stop'],
  ['snapshot-then-stop', 'snapshotThenStop'],
  ['snapshot-then-delete', 'snapshotThenDelete'],
]);

export function endPolicyFrom(text: string): EndPolicy {
  const policy = endPolicies.get(text);
  if (!policy)
    throw new InvalidArgumentError(`"${text}" is not an end policy; write ${[...endPolicies.keys()].join(', ')}.`);
  return policy;
}

/** As `--end-policy` takes it. */
export function endPolicyText(policy: EndPolicy): string {
  return [...endPolicies].find(([, known]) => known === policy)?.[0] ?? policy;
}
