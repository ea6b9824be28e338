// Labs: what runs in each, who is connected, its terminals; and the profiles they start from.
import { FlaskConical, Plus } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { LabPanel } from './LabPanel.tsx';
import { ProfileRow } from './ProfileRow.tsx';
import './labs.css';

export const LabsPage = observer(function LabsPage() {
  const { labs, link, view } = useStores();
  const t = useWords();
  const isEmpty = labs.all.length === 0 && labs.allProfiles.length === 0;
  return (
    <section className="page" aria-label={t('labs.title')}>
      <div className="page-bar">
        <h1 className="page-title">{t('labs.title')}</h1>
        <span className="spacer" />
        <Button icon={Plus} isDisabled={!link.up} onPress={() => view.open({ kind: 'profile', name: null })}>
          {t('labs.newProfile')}
        </Button>
        <Button icon={Plus} kind="primary" isDisabled={!link.up} onPress={() => view.open({ kind: 'lab', name: null })}>
          {t('labs.newLab')}
        </Button>
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
          <ul className="rows">
            {labs.allProfiles.map((profile) => (
              <ProfileRow key={profile.name} profile={profile} />
            ))}
          </ul>
        </section>
      )}
    </section>
  );
});
