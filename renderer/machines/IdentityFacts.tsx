// The identity of a copied machine, part by part: what is new and what is the same as the original.
import { type Identity, identityPartNames, termText } from '@tt/protocol';
import { termsOf } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';

export function IdentityFacts({ identity }: { identity: Identity }) {
  const t = useWords();
  const words = termsOf(useLanguage());
  return (
    <div className="identity">
      <span>{t('copies.copyOf', { vm: identity.copiedFrom.vmName })}</span>
      {identity.restarted && <span className="muted"> ({t('copies.restarted')})</span>}
      <ul className="identity-parts">
        {identityPartNames.map((part) => (
          <li key={part} data-state={identity.parts[part]}>
            {t(`copies.parts.${part}`)}: {t(`copies.states.${identity.parts[part]}`)}
          </li>
        ))}
      </ul>
      {identity.problem !== null && <p className="muted">{termText('identityProblem', identity.problem, {}, words)}</p>}
      {identity.detail !== '' && <pre className="mono muted">{identity.detail}</pre>}
    </div>
  );
}
