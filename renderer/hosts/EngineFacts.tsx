// One engine of a host: its version and images, how guests are accelerated, what it can do, or why it can't be used.
import type { Host } from '@tt/protocol';
import { StateLabel } from '../components/StateLabel.tsx';
import { reasonWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';

export function EngineFacts({ engine }: { engine: Host['engines'][number] }) {
  const t = useWords();
  const language = useLanguage();
  const { name, version, prefixes, acceleration, features, problem } = engine;
  const images = prefixes.map((prefix) => `${prefix}:…`).join(', ');
  return (
    <div>
      <StateLabel
        mark={problem === null ? 'running' : 'failed'}
        word={version === null ? name : `${name} ${version}`}
      />{' '}
      <span className="muted">{t('hosts.engineImages', { images })}</span>
      {problem !== null && (
        <div className="muted">{t('hosts.engineUnusable', { reason: reasonWords(problem, language) })}</div>
      )}
      {problem === null && (
        <div>
          {acceleration === null && t('hosts.probing')}
          {acceleration?.kind === 'kvm' && t('hosts.kvm')}
          {acceleration?.kind === 'tcg' && t('hosts.tcg')}
          {acceleration && <span className="muted"> {reasonWords(acceleration.reason, language)}</span>}
        </div>
      )}
      <div className="muted">{features.join(', ')}</div>
    </div>
  );
}
