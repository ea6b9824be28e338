// One profile: its machine spec, the version of its base image that sessions start from, whether it is open for editing.
import type { Profile } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { OperationLine } from '../activity/OperationLine.tsx';
import { ActionButton } from '../components/ActionButton.tsx';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { useStores } from '../state/stores-context.ts';
import { AdminSession } from './AdminSession.tsx';
import { profileActions } from './profile-actions.ts';

export const ProfileRow = observer(function ProfileRow({ profile, place }: { profile: Profile; place: RowPlace }) {
  const stores = useStores();
  const { labs, operations } = stores;
  const t = useWords();
  const format = useFormat();
  const { name, title, image, spec, version } = profile;
  const adminEnv = labs.adminEnvOf(name);
  const clients = labs.clientsOf(name).length;
  const busy = operations.running.find(({ subject }) => subject.profileName === name);
  const about = [
    image,
    t('labs.baseVersion', { version }),
    t('labs.size', { cpus: spec.cpuCount, memory: format.mebibytes(spec.memoryMiB) }),
    t('labs.clients', { count: clients }),
  ];
  const can = profileActions(stores, profile, t);
  return (
    <li className="rows-item lab-row" {...place} aria-label={name}>
      <div className="rows-main">
        <strong className="mono">{name}</strong> {title}
        <div className="muted number">{about.join(' · ')}</div>
        {busy && <OperationLine operation={busy} />}
        {adminEnv && <AdminSession profile={profile} env={adminEnv} />}
      </div>
      {!adminEnv && <ActionButton action={can.openAdmin} aria-label={t('labs.openAdminOf', { profile: name })} />}
      <MenuButton
        label={t('labs.moreOf', { name })}
        entries={toMenu([[can.edit, can.clone, can.versions], [can.delete]])}
      />
    </li>
  );
});
