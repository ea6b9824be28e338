// What guests of one chosen system are given at their first boot: user, password, host name, commands.
import { observer } from 'mobx-react-lite';
import { CheckField } from '../components/CheckField.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import type { DraftCloudInit } from './draft-cloud-init.ts';

export const CloudInitFields = observer(function CloudInitFields({
  cloudInit,
  os,
}: {
  cloudInit: DraftCloudInit;
  os: string;
}) {
  const t = useWords();
  return (
    <>
      <CheckField
        label={t('cloudInit.at', { os })}
        hint={t('cloudInit.atHint')}
        value={cloudInit.isOn}
        onChange={(isOn) => cloudInit.change({ isOn })}
      />
      {cloudInit.isOn && (
        <>
          <Field
            label={t('cloudInit.user')}
            value={cloudInit.user}
            onChange={(user) => cloudInit.change({ user })}
            hint={t('cloudInit.userHint')}
            error={cloudInit.isUserValid ? null : t('cloudInit.userInvalid')}
            mono
          />
          <Field
            label={t('cloudInit.password')}
            value={cloudInit.password}
            onChange={(password) => cloudInit.change({ password })}
            hint={t('cloudInit.passwordHint')}
            error={cloudInit.isPasswordValid ? null : t('cloudInit.passwordInvalid')}
            type="password"
            mono
          />
          <Field
            label={t('cloudInit.hostname')}
            value={cloudInit.hostname}
            onChange={(hostname) => cloudInit.change({ hostname })}
            error={cloudInit.isHostnameValid ? null : t('cloudInit.hostnameInvalid')}
            mono
          />
          <Field
            label={t('cloudInit.commands')}
            hint={t('cloudInit.commandsHint')}
            value={cloudInit.commands}
            onChange={(commands) => cloudInit.change({ commands })}
            lines={4}
            mono
          />
        </>
      )}
    </>
  );
});
