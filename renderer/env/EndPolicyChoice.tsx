// The end policy of an ENV: one of four, each with an explanation.
import type { EndPolicy } from '@tt/protocol';
import type { WhyNot } from '../components/action.ts';
import { ChoiceField } from '../components/ChoiceField.tsx';
import { useWords } from '../i18n/index.ts';

export const endPolicies: readonly EndPolicy[] = ['delete', 'stop', 'snapshotThenStop', 'snapshotThenDelete'];

export interface EndPolicyChoiceProps {
  value: EndPolicy;
  onChange: (value: EndPolicy) => void;
  /** Why it can't be changed now. */
  whyNot?: WhyNot | null;
}

export function EndPolicyChoice({ value, onChange, whyNot = null }: EndPolicyChoiceProps) {
  const t = useWords();
  return (
    <ChoiceField
      label={t('endings.policy')}
      value={value}
      options={endPolicies.map((policy) => ({ value: policy, label: t(`endings.policies.${policy}`) }))}
      onChange={onChange}
      whyNot={whyNot}
      hint={t(`endings.policyHints.${value}`)}
    />
  );
}
