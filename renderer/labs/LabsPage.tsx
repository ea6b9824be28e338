// Labs: what runs in each, who is connected, its terminals; and the profiles they start from.
import { FlaskConical } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { Rows } from '../components/lists/Rows.tsx';
import { useStores } from '../state/stores-context.ts';
import { newLabAction } from './actions.ts';
import { LabPanel } from './LabPanel.tsx';
import { ProfileRow } from './ProfileRow.tsx';
import { newProfileAction } from './profile-actions.ts';
import './labs.css';

export const LabsPage = observer(function LabsPage() {
  const stores = useStores();
  const { labs, link } = stores;
  const t = useWords();
  const isEmpty = labs.all.length === 0 && labs.allProfiles.length === 0;
  return (
    <section className="page" aria-label={t('labs.title')}>
      <div className="page-bar">
        <h1 className="page-title">{t('labs.title')}</h1>
        <span className="spacer" />
        <ActionButton action={newProfileAction(stores, t)} />
        <ActionButton kind="primary" action={newLabAction(stores, t)} />
      </div>
      {isEmpty && link.state !== 'connecting' && (
        <EmptyState icon={FlaskConical} title={t('labs.empty')}>
          <p>{t('labs.emptyText')}</p>
        </EmptyState>
      )}
      {labs.all.map((lab) => (
        <LabPanel key={lab.name} lab={lab} />
      ))}
      {labs.allProfiles.length > 0 && (
        <section className="panel" aria-label={t('labs.profiles')}>
          <h2>{t('labs.profiles')}</h2>
          <Rows items={labs.allProfiles} keyOf={({ name }) => name} height={55}>
            {(profile, place) => <ProfileRow key={profile.name} profile={profile} place={place} />}
          </Rows>
        </section>
      )}
    </section>
  );
});
