// What a copied machine has of its own and what it shares with the one it was copied from, part by part.
import { type Identity, identityPartNames } from '@tt/protocol';
import { useWords } from '../i18n/index.ts';

export function IdentityFacts({ identity }: { identity: Identity }) {
  const t = useWords();
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
      {identity.detail !== '' && <pre className="mono muted">{identity.detail}</pre>}
    </div>
  );
}
