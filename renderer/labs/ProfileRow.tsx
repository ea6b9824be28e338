// One profile: what its machines are, which version of its base sessions start from, whether it is open for change.
import type { Profile } from '@tt/protocol';
import { Copy, History, type LucideIcon, Pencil, Trash2, Wrench } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { OperationLine } from '../activity/OperationLine.tsx';
import { Button } from '../components/Button.tsx';
import { type MenuEntry, MenuButton } from '../components/Menu.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { AdminSession } from './AdminSession.tsx';

export const ProfileRow = observer(function ProfileRow({ profile }: { profile: Profile }) {
  const { labs, link, operations, view } = useStores();
  const t = useWords();
  const format = useFormat();
  const { name, title, image, resources, version } = profile;
  const adminEnv = labs.adminEnvOf(name);
  const clients = labs.clientsOf(name).length;
  const busy = operations.running.find(({ subject }) => subject.profileName === name);
  const about = [
    image,
    t('labs.baseVersion', { version }),
    t('labs.size', { cpus: resources.cpuCount, memory: format.mebibytes(resources.memoryMiB) }),
    t('labs.clients', { count: clients }),
  ];
  const entry = (id: string, label: string, icon: LucideIcon, run: () => void) => ({
    id,
    label,
    icon,
    disabled: !link.up,
    run,
  });
  const entries: MenuEntry[] = [
    entry('edit', t('labs.editProfile'), Pencil, () => view.open({ kind: 'profile', name })),
    entry('clone', t('labs.cloneProfile'), Copy, () => view.open({ kind: 'cloneProfile', name })),
    entry('versions', t('labs.versions'), History, () => view.open({ kind: 'profileVersions', name })),
    {
      ...entry('delete', t('labs.deleteProfile'), Trash2, () => view.open({ kind: 'deleteProfile', name })),
      danger: true,
    },
  ];
  return (
    <li className="rows-item lab-row" aria-label={name}>
      <div className="rows-main">
        <strong className="mono">{name}</strong> {title}
        <div className="muted number">{about.join(' · ')}</div>
        {busy && <OperationLine operation={busy} />}
        {adminEnv && <AdminSession profile={profile} env={adminEnv} />}
      </div>
      {!adminEnv && (
        <Button
          icon={Wrench}
          isDisabled={!link.up || busy !== undefined}
          aria-label={t('labs.openAdminOf', { profile: name })}
          onPress={() => view.open({ kind: 'openAdmin', name })}
        >
          {t('labs.openAdmin')}
        </Button>
      )}
      <MenuButton label={t('labs.moreOf', { name })} entries={entries} />
    </li>
  );
});
