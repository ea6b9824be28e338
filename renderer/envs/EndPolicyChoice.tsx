// What happens when an ENV's time is over: one of three, with what it means.
import type { EndPolicy } from '@tt/protocol';
import { Choice } from '../components/Choice.tsx';
import { useWords } from '../i18n/index.ts';

export const endPolicies: readonly EndPolicy[] = ['delete', 'stop', 'snapshotThenStop'];

export interface EndPolicyChoiceProps {
  value: EndPolicy;
  onChange: (value: EndPolicy) => void;
  isDisabled?: boolean;
}

export function EndPolicyChoice({ value, onChange, isDisabled = false }: EndPolicyChoiceProps) {
  const t = useWords();
  return (
    <div className="field">
      <span className="field-label">{t('endings.policy')}</span>
      <Choice
        label={t('endings.policy')}
        value={value}
        options={endPolicies.map((policy) => ({ value: policy, label: t(`endings.policies.${policy}`) }))}
        onChange={onChange}
        isDisabled={isDisabled}
      />
      <span className="field-hint">{t(`endings.policyHints.${value}`)}</span>
    </div>
  );
}
