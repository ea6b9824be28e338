// What guests of one chosen system are given at their first boot: user, password, host name, commands.
import { observer } from 'mobx-react-lite';
import { CheckField } from '../components/CheckField.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import type { DraftSetup } from './draft-cloud-init.ts';

export const SetupFields = observer(function SetupFields({ setup, os }: { setup: DraftSetup; os: string }) {
  const t = useWords();
  return (
    <>
      <CheckField
        label={t('setup.at', { os })}
        hint={t('setup.atHint')}
        value={setup.isOn}
        onChange={(isOn) => setup.change({ isOn })}
      />
      {setup.isOn && (
        <>
          <Field
            label={t('setup.user')}
            value={setup.user}
            onChange={(user) => setup.change({ user })}
            hint={t('setup.userHint')}
            error={setup.isUserValid ? null : t('setup.userInvalid')}
            mono
          />
          <Field
            label={t('setup.password')}
            value={setup.password}
            onChange={(password) => setup.change({ password })}
            hint={t('setup.passwordHint')}
            error={setup.isPasswordValid ? null : t('setup.passwordInvalid')}
            type="password"
            mono
          />
          <Field
            label={t('setup.hostname')}
            value={setup.hostname}
            onChange={(hostname) => setup.change({ hostname })}
            error={setup.isHostnameValid ? null : t('setup.hostnameInvalid')}
            mono
          />
          <Field
            label={t('setup.commands')}
            hint={t('setup.commandsHint')}
            value={setup.commands}
            onChange={(commands) => setup.change({ commands })}
            lines={4}
            mono
          />
        </>
      )}
    </>
  );
});
