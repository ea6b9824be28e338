// A profile that is open for editing: in which ENV, by whom, and the buttons to publish or discard.
import type { Env, Profile } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { profileActions } from './profile-actions.ts';

export const AdminSession = observer(function AdminSession({ profile, env }: { profile: Profile; env: Env }) {
  const t = useWords();
  const { name } = profile;
  const can = profileActions(useStores(), profile, t);
  return (
    <div className="notice" data-tone="warning" role="status">
      <div className="notice-body">
        <p>{t('labs.inChange', { env: env.name, owner: env.owner })}</p>
        <div className="notice-foot">
          <ActionButton size="small" action={can.adminConsole} />
          <ActionButton size="small" action={can.publish} aria-label={t('labs.publishOf', { profile: name })} />
          <ActionButton size="small" action={can.discard} aria-label={t('labs.discardOf', { profile: name })} />
        </div>
      </div>
    </div>
  );
});
