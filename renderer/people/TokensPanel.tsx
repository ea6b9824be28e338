// Settings: the tokens of one's devices (administrators see all): what each is, its last use, revoking it, and creating one.
import { toErrorRecord, type TokenView } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useEffect, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { SecretNote } from './SecretNote.tsx';

export const TokensPanel = observer(function TokensPanel() {
  const { people } = useStores();
  const t = useWords();
  useEffect(() => void people.loadTokens(), [people]);
  return (
    <section className="panel form" aria-label={t('settings.tokens')}>
      <h2>{t('settings.tokens')}</h2>
      <p className="muted">{t('settings.tokensText')}</p>
      {people.tokens?.length === 0 && <p className="muted">{t('settings.noTokens')}</p>}
      {people.tokens && people.tokens.length > 0 && (
        <Rows items={people.tokens} keyOf={({ id }) => id} height={72} className="session-list">
          {(token, place) => <TokenLine key={token.id} token={token} place={place} />}
        </Rows>
      )}
      {people.secret?.kind === 'token' && <SecretNote secret={people.secret} />}
      {people.tokensError && <ErrorNotice error={toErrorRecord(people.tokensError)} />}
      <AddToken />
    </section>
  );
});

const TokenLine = observer(function TokenLine({ token, place }: { token: TokenView; place: RowPlace }) {
  const { people } = useStores();
  const t = useWords();
  const format = useFormat();
  const { id, name, userName, createdAt, endsAt, lastUsedAt, lastUsedFrom, isThis } = token;
  const used =
    lastUsedAt === null
      ? t('settings.tokenUnused')
      : t('settings.tokenUsed', {
          at: format.dateTime(lastUsedAt),
          address: lastUsedFrom ?? t('settings.sessionAddressUnknown'),
        });
  return (
    <li className="session-line" {...place}>
      <span className="session-facts">
        <span>
          {t('settings.tokenOf', { user: userName, device: name })}
          {isThis && ` · ${t('settings.tokenThis')}`}
        </span>
        <span className="muted">{used}</span>
        <span className="muted">
          {t('settings.tokenSince', { since: format.dateTime(createdAt) })}
          {endsAt !== null && ` · ${t('settings.tokenEnds', { at: format.dateTime(endsAt) })}`}
        </span>
      </span>
      <Button
        kind="danger"
        size="small"
        onPress={() => void people.revoke(id)}
        aria-label={t('settings.revokeOf', { user: userName, device: name })}
      >
        {t('settings.revoke')}
      </Button>
    </li>
  );
});

const AddToken = observer(function AddToken() {
  const { people } = useStores();
  const t = useWords();
  const [name, setName] = useState('');
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    void people.addToken(name.trim()).then((isDone) => isDone && setName(''));
  };
  return (
    <Form className="form" onSubmit={add}>
      <Field label={t('settings.newToken')} value={name} onChange={setName} autoComplete="off" />
      <Button type="submit" isBusy={people.busy} whyNot={firstReason({ incomplete: name.trim() === '' })}>
        {t('settings.addToken')}
      </Button>
    </Form>
  );
});
