// Settings: the teams one is in, to look at and to leave; for administrators all of them, to make and to say who is in them.
import { type Team, toErrorRecord } from '@tt/protocol';
import { X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useEffect, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { TeamQuotaDialog } from './TeamQuotaDialog.tsx';

export const TeamsPanel = observer(function TeamsPanel() {
  const { teams, me } = useStores();
  const t = useWords();
  const { isAdmin } = me;
  const isKnown = me.me !== null;
  const [limited, setLimited] = useState<Team | null>(null);
  useEffect(() => {
    if (isKnown) void teams.load();
  }, [teams, isKnown]);
  if (!isKnown || (!isAdmin && (teams.teams ?? []).length === 0)) return null;
  return (
    <section className="panel form" aria-label={t('settings.teams')}>
      <h2>{t('settings.teams')}</h2>
      <p className="muted">{t('settings.teamsText')}</p>
      {teams.teams && (
        <Rows items={teams.teams} keyOf={({ name }) => name} height={96} className="session-list">
          {(team, place) => <TeamLine key={team.name} team={team} place={place} onQuota={() => setLimited(team)} />}
        </Rows>
      )}
      {teams.error && <ErrorNotice error={toErrorRecord(teams.error)} />}
      {isAdmin && <AddTeam />}
      {limited && <TeamQuotaDialog team={limited} onClose={() => setLimited(null)} />}
    </section>
  );
});

interface TeamLineProps {
  team: Team;
  place: RowPlace;
  onQuota: () => void;
}

const TeamLine = observer(function TeamLine({ team, place, onQuota }: TeamLineProps) {
  const { teams, me, rights } = useStores();
  const t = useWords();
  const { name, members, used } = team;
  const own = me.me?.name ?? '';
  return (
    <li className="session-line" aria-label={t('settings.teamOf', { team: name })} {...place}>
      <span className="session-facts">
        <span>{name}</span>
        <span className="muted">{t('settings.teamHas', { envs: used.envs, vms: used.vms })}</span>
        <span className="team-members">
          {members.length === 0 && <span className="muted">{t('settings.teamEmpty')}</span>}
          {members.map((userName) => (
            <span key={userName} className="tag">
              {userName}
              {me.isAdmin && (
                <Button
                  kind="quiet"
                  size="small"
                  icon={X}
                  label={t('settings.removeMember', { user: userName, team: name })}
                  onPress={() => void teams.removeMember(name, userName)}
                />
              )}
            </span>
          ))}
        </span>
        {me.isAdmin && <AddMember team={name} />}
      </span>
      <span className="session-facts">
        {me.isAdmin ? (
          <>
            <Button size="small" aria-label={t('settings.quotaOf', { team: name })} onPress={onQuota}>
              {t('settings.quota')}
            </Button>
            <Button
              kind="danger"
              size="small"
              aria-label={t('settings.deleteTeamOf', { team: name })}
              onPress={() => void teams.remove(name)}
            >
              {t('settings.deleteTeam')}
            </Button>
          </>
        ) : (
          <Button
            size="small"
            aria-label={t('settings.leaveTeamOf', { team: name })}
            whyNot={rights.whyNot('team.removeMember')}
            onPress={() => void teams.removeMember(name, own)}
          >
            {t('settings.leaveTeam')}
          </Button>
        )}
      </span>
    </li>
  );
});

const AddMember = observer(function AddMember({ team }: { team: string }) {
  const { teams } = useStores();
  const t = useWords();
  return (
    <NameForm
      label={t('settings.newMember', { team })}
      button={t('settings.addMember')}
      onAdd={(userName) => teams.addMember(team, userName)}
      isLine
    />
  );
});

const AddTeam = observer(function AddTeam() {
  const { teams } = useStores();
  const t = useWords();
  return <NameForm label={t('settings.newTeam')} button={t('settings.addTeam')} onAdd={(name) => teams.add(name)} />;
});

interface NameFormProps {
  label: string;
  button: string;
  /** Resolves with false when it failed: what was typed stays. */
  onAdd: (name: string) => Promise<boolean>;
  /** In a line of a list. */
  isLine?: boolean;
}

const NameForm = observer(function NameForm({ label, button, onAdd, isLine = false }: NameFormProps) {
  const { teams } = useStores();
  const [name, setName] = useState('');
  const typed = name.trim();
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (typed !== '') void onAdd(typed).then((isDone) => isDone && setName(''));
  };
  return (
    <Form className={isLine ? 'line name-form' : 'form'} onSubmit={add}>
      <Field label={label} value={name} onChange={setName} autoComplete="off" mono />
      <Button
        type="submit"
        size={isLine ? 'small' : 'normal'}
        isBusy={teams.busy}
        whyNot={firstReason({ incomplete: typed === '' })}
      >
        {button}
      </Button>
    </Form>
  );
});
