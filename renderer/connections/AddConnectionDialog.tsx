// Adding a server: by a join link, or by its address and a token, a password or the browser; over ssh if it listens at a loopback address only. What nobody knows
// yet is shown once with its fingerprint.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useRef, useState } from 'react';
import type { Outcome } from '../activity/operation-store.ts';
import type { ConnectionView } from '../bridge.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { CheckOf, ChoiceOf, TextOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { type FormState, useFormOf } from '../forms/use-form-of.ts';
import { errorWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { ConnectionStore } from './connection-store.ts';
import { FingerprintWords } from './FingerprintWords.tsx';
import {
  type Accepted,
  accepting,
  fingerprintIn,
  firstValues,
  needsToken,
  type NewServerForm,
  newServerForm,
  requestOf,
} from './new-server.ts';
import { WayInFields } from './WayInFields.tsx';

const NOTHING: Accepted = { fingerprint: null, sshKeys: [] };

/** `renewed`: id of a connection that gets new secrets; null adds another one. */
export const AddConnectionDialog = observer(function AddConnectionDialog({ renewed }: { renewed: string | null }) {
  const { connections } = useStores();
  return connections ? <AddForm connections={connections} renewed={connections.get(renewed)} /> : null;
});

interface AddFormProps {
  connections: ConnectionStore;
  renewed: ConnectionView | null;
  /** Address of a link from outside, which the user must confirm. */
  offered?: string;
  onClose?: () => void;
}

export const AddForm = observer(function AddForm({ connections, renewed, offered, onClose }: AddFormProps) {
  const t = useWords();
  const first = firstValues(renewed);
  const form = useFormOf(newServerForm, offered === undefined ? first : { ...first, address: offered });
  const [address, isOverSsh, sshServer, jump] = form.watch(['address', 'isOverSsh', 'sshServer', 'jump']);
  // What was accepted is for these servers and no others.
  const about = JSON.stringify([address.trim(), isOverSsh, sshServer, jump]);
  const [unknown, setUnknown] = useState<{ about: string; error: TtError } | null>(null);
  // Read by the submit that the same press begins.
  const accepted = useRef<{ about: string; what: Accepted }>({ about, what: NOTHING });
  const soFar = () => (accepted.current.about === about ? accepted.current.what : NOTHING);
  const accept = (error: TtError) => {
    accepted.current = { about, what: accepting(error, soFar()) };
  };
  return (
    <FormDialog
      title={offered === undefined ? t('connections.addTitle') : t('connections.offeredTitle')}
      verb={t('connections.connect')}
      width="normal"
      needsLink={false}
      form={form}
      submit={async (values) => {
        setUnknown(null);
        const outcome = await connections.add(requestOf(values, soFar()));
        if (!outcome.ok && fingerprintIn(outcome.error) !== null) setUnknown({ about, error: outcome.error });
        return outcome;
      }}
      takeError={(error) => fingerprintIn(error) !== null}
      done={() => null}
      {...(onClose && { onClose })}
    >
      {offered !== undefined && <p>{t('connections.offeredText', { server: offered.split('#')[0] ?? '' })}</p>}
      <TextOf
        control={form.control}
        name="address"
        label={t('onboarding.address')}
        placeholder={isOverSsh ? t('connections.loopbackHint') : t('onboarding.addressHint')}
        mono
        autoFocus={!renewed}
      />
      {needsToken(address) && <WayInFields form={form} isRenewal={renewed !== null} />}
      <TextOf control={form.control} name="name" label={t('connections.name')} hint={t('connections.nameHint')} />
      <CheckOf
        control={form.control}
        name="isOverSsh"
        label={t('connections.overSsh')}
        hint={t('connections.overSshHint')}
      />
      {isOverSsh && <SshFields form={form} connections={connections} />}
      {unknown?.about === about && (
        <>
          <ErrorNotice error={toErrorRecord(unknown.error)} />
          {unknown.error.code === 'SERVER_NOT_TRUSTED' && (
            <FingerprintWords fingerprint={fingerprintIn(unknown.error) ?? ''} />
          )}
          <Button type="submit" onPress={() => accept(unknown.error)}>
            {t('onboarding.trust')}
          </Button>
        </>
      )}
    </FormDialog>
  );
});

function SshFields({ form, connections }: { form: FormState<NewServerForm>; connections: ConnectionStore }) {
  const t = useWords();
  const language = useLanguage();
  const [names, setNames] = useState<Outcome<string[]> | null>(null);
  useEffect(() => void connections.sshNames().then(setNames), [connections]);
  // What is wrong with the file matters only to who uses a name of it, and is an error then.
  const hint =
    names?.ok === false ? errorWords(toErrorRecord(names.error), language).message : t('connections.sshServerHint');
  const suggestions = names?.ok ? names.value : [];
  const { control } = form;
  const login = form.watch('login');
  return (
    <>
      <TextOf
        control={control}
        name="sshServer"
        label={t('connections.sshServer')}
        hint={hint}
        placeholder="kim@host:22"
        suggestions={suggestions}
        mono
      />
      <TextOf
        control={control}
        name="jump"
        label={t('connections.jump')}
        hint={t('connections.jumpHint')}
        placeholder="kim@gate:22"
        suggestions={suggestions}
        mono
      />
      <ChoiceOf
        control={control}
        name="login"
        label={t('connections.login')}
        options={(['agent', 'key', 'password'] as const).map((value) => ({
          value,
          label: t(`connections.logins.${value}`),
        }))}
      />
      {login === 'key' && (
        <TextOf
          control={control}
          name="keyFile"
          label={t('connections.keyFile')}
          hint={t('connections.keyFileHint')}
          mono
        />
      )}
      {login !== 'agent' && (
        <TextOf
          control={control}
          name="secret"
          label={t(login === 'key' ? 'connections.passphrase' : 'connections.password')}
          {...(login === 'key' && { hint: t('connections.passphraseHint') })}
          type="password"
        />
      )}
    </>
  );
}
