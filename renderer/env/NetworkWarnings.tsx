// What others on the host do to the networks of an ENV: a firewall that drops its packets, and the command that fixes it.
import type { Env } from '@tt/protocol';
import { TriangleAlert } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { reasonWords } from '../i18n/error-words.ts';
import { useLanguage } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const NetworkWarnings = observer(function NetworkWarnings({ env }: { env: Env }) {
  const { hosts } = useStores();
  const language = useLanguage();
  // Networks with addresses of their own are on bridges; user networking passes no firewall.
  if (!env.networks.some(({ cidr }) => cidr !== null)) return null;
  const warnings = hosts.all.flatMap((host) => host.warnings);
  return warnings.map((warning) => {
    const text = reasonWords(warning, language);
    return (
      <div key={text} className="notice" role="status" data-tone="warning">
        <TriangleAlert aria-hidden className="icon" />
        <div className="notice-body">
          <p>{text}</p>
        </div>
      </div>
    );
  });
});
