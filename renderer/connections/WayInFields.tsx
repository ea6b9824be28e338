// How somebody gets in at a server that is added by its address: a token, a password, or the browser, by the OpenID provider of the server.
import { ChoiceOf, TextOf } from '../forms/fields.tsx';
import type { FormState } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import type { NewServerForm } from './new-server.ts';

/** `isRenewal`: the server is known, and wants a new secret. */
export function WayInFields({ form, isRenewal }: { form: FormState<NewServerForm>; isRenewal: boolean }) {
  const t = useWords();
  const { control } = form;
  const wayIn = form.watch('wayIn');
  return (
    <>
      <ChoiceOf
        control={control}
        name="wayIn"
        label={t('connections.wayIn')}
        options={(['token', 'password', 'browser'] as const).map((value) => ({
          value,
          label: t(`connections.waysIn.${value}`),
        }))}
      />
      {wayIn === 'token' && (
        <TextOf
          control={control}
          name="token"
          label={t('onboarding.token')}
          type="password"
          mono
          autoFocus={isRenewal}
        />
      )}
      {wayIn === 'password' && (
        <>
          <TextOf control={control} name="userName" label={t('onboarding.userName')} />
          <TextOf control={control} name="userPassword" label={t('onboarding.password')} type="password" />
        </>
      )}
      {wayIn === 'browser' && <p className="muted">{t('connections.browserHint')}</p>}
    </>
  );
}
