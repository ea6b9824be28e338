// Administration: the users of the server, for administrators: add one, hand over a link, change the role, keep somebody out.
import { type Role, roleSchema, toErrorRecord, type User } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useEffect, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Choice } from '../components/Choice.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { SecretNote } from './SecretNote.tsx';

export const PeoplePanel = observer(function PeoplePanel() {
  const { people, me } = useStores();
  const t = useWords();
  const { isAdmin } = me;
  useEffect(() => {
    if (isAdmin) void people.loadUsers();
  }, [people, isAdmin]);
  if (!isAdmin) return null;
  return (
    <section className="panel form" aria-label={t('settings.people')}>
      <h2>{t('settings.people')}</h2>
      <p className="muted">{t('settings.peopleText')}</p>
      {people.users && (
        <Rows items={people.users} keyOf={({ name }) => name} height={72} className="session-list">
          {(user, place) => <UserLine key={user.name} user={user} place={place} />}
        </Rows>
      )}
      {people.secret?.kind === 'code' && <SecretNote secret={people.secret} />}
      {people.usersError && <ErrorNotice error={toErrorRecord(people.usersError)} />}
      <AddUser />
    </section>
  );
});

const UserLine = observer(function UserLine({ user, place }: { user: User; place: RowPlace }) {
  const { people } = useStores();
  const t = useWords();
  const { name, role, source, used, tokens, disabledAt } = user;
  const isOurs = source === 'state';
  return (
    <li className="session-line" {...place}>
      <span className="session-facts">
        <span>
          {name}
          {disabledAt !== null && ` · ${t('settings.userDisabled')}`}
        </span>
        <span className="muted">{t('settings.userHas', { envs: used.envs, vms: used.vms, tokens })}</span>
        {!isOurs && <span className="muted">{t(`settings.userSources.${source}`)}</span>}
        {isOurs && (
          <RoleChoice
            label={t('settings.roleOf', { user: name })}
            value={role}
            onChange={(chosen) => void people.setRole(name, chosen)}
          />
        )}
      </span>
      <span className="session-facts">
        <Button
          size="small"
          aria-label={t('settings.inviteUser', { user: name })}
          onPress={() => void people.invite(name)}
        >
          {t('settings.invite')}
        </Button>
        {isOurs && (
          <Button
            kind={disabledAt === null ? 'danger' : 'normal'}
            size="small"
            aria-label={t(disabledAt === null ? 'settings.disableUser' : 'settings.enableUser', { user: name })}
            onPress={() => void people.setDisabled(name, disabledAt === null)}
          >
            {t(disabledAt === null ? 'settings.disable' : 'settings.enable')}
          </Button>
        )}
      </span>
    </li>
  );
});

function RoleChoice({ label, value, onChange }: { label: string; value: Role; onChange: (role: Role) => void }) {
  const t = useWords();
  const options = roleSchema.options.map((role) => ({ value: role, label: t(`hosts.roles.${role}`) }));
  return <Choice label={label} value={value} options={options} onChange={onChange} />;
}

const AddUser = observer(function AddUser() {
  const { people } = useStores();
  const t = useWords();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('user');
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    void people.add(name.trim(), role).then((isDone) => isDone && setName(''));
  };
  return (
    <Form className="form" onSubmit={add}>
      <Field label={t('settings.newUser')} value={name} onChange={setName} autoComplete="off" mono />
      <RoleChoice label={t('settings.newUserRole')} value={role} onChange={setRole} />
      <Button type="submit" isBusy={people.busy} whyNot={firstReason({ incomplete: name.trim() === '' })}>
        {t('settings.addUser')}
      </Button>
    </Form>
  );
});
