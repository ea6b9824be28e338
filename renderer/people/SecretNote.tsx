// A link or a token just after it was made: to be copied now, since it is not shown again.
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { CopyChip } from '../components/CopyChip.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { linkFor, type Secret } from './people-store.ts';

export const SecretNote = observer(function SecretNote({ secret }: { secret: Secret }) {
  const { people, session, connections } = useStores();
  const t = useWords();
  const origin = session.canLeave ? window.location.origin : null;
  const shown = connections?.shown;
  // Over ssh it has an address on this computer alone.
  const server = shown?.ssh === null ? shown.address : null;
  const text = secret.kind === 'token' ? secret.text : (linkFor(secret.text, server, origin) ?? secret.text);
  return (
    <div role="status">
      <p className="muted">
        {t(secret.kind === 'token' ? 'settings.tokenShown' : 'settings.linkShown', { about: secret.about })}
      </p>
      <CopyChip text={text} hint={t('common.copy')} done={t('common.copied')}>
        {text}
      </CopyChip>
      <Button kind="quiet" size="small" onPress={() => people.show(null)}>
        {t('settings.hideSecret')}
      </Button>
    </div>
  );
});
