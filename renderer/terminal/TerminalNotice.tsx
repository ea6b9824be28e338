// What a terminal says where its screen would be: each reason has its own words, and what to do.
import { type Assignment, toErrorRecord } from '@tt/protocol';
import { CircleX, Hourglass, KeyRound, ListChecks, type LucideIcon, Moon, Wrench } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useWords, type Word } from '../i18n/index.ts';
import type { TerminalSession } from './terminal-session.ts';

export const TerminalNotice = observer(function TerminalNotice({ session }: { session: TerminalSession }) {
  const t = useWords();
  const { phase } = session;
  switch (phase.kind) {
    case 'connected':
      return null;
    case 'asking':
    case 'connecting':
      return <Notice picture={<Spinner size={28} />} title={t('terminal.connecting')} />;
    case 'refused':
      return (
        <Notice picture={<Picture icon={KeyRound} />} title={t('terminal.refused')}>
          <p>{t('terminal.refusedHint')}</p>
          <SecretForm onSecret={(secret) => session.tell(secret)} />
        </Notice>
      );
    case 'failed':
      return (
        <Notice picture={<Picture icon={CircleX} />} title={t('terminal.failed')}>
          <ErrorNotice error={toErrorRecord(phase.error)} />
          <p>{t('terminal.again')}</p>
          <Button onPress={() => session.askNow()}>{t('common.tryAgain')}</Button>
        </Notice>
      );
    case 'waiting':
      return <Waiting session={session} assignment={phase.assignment} />;
  }
});

const pictures: Record<Assignment['state'], { icon: LucideIcon; title: Word; hint: Word }> = {
  ready: { icon: Hourglass, title: 'terminal.starting', hint: 'terminal.startingHint' },
  starting: { icon: Hourglass, title: 'terminal.starting', hint: 'terminal.startingHint' },
  stopped: { icon: Moon, title: 'terminal.stopped', hint: 'terminal.stoppedHint' },
  noSession: { icon: Moon, title: 'terminal.noSession', hint: 'terminal.noSessionHint' },
  choose: { icon: ListChecks, title: 'terminal.choose', hint: 'terminal.chooseHint' },
  maintenance: { icon: Wrench, title: 'terminal.maintenance', hint: 'terminal.maintenanceHint' },
};

function Waiting({ session, assignment }: { session: TerminalSession; assignment: Assignment }) {
  const t = useWords();
  const { state, labTitle, terminalName, profileTitle, choices } = assignment;
  const { icon, title, hint } = pictures[state];
  const values = { terminal: terminalName, lab: labTitle, profile: profileTitle ?? '' };
  return (
    <Notice picture={<Picture icon={icon} />} title={t(title, values)}>
      <p>{t(hint, values)}</p>
      {choices.length > 0 && (
        <div className="terminal-choices">
          {choices.map((choice) => (
            <Button key={choice.profileName} kind="primary" onPress={() => session.choose(choice.profileName)}>
              {choice.title}
            </Button>
          ))}
        </div>
      )}
      <p className="terminal-name">{t('terminal.whoAmI', values)}</p>
    </Notice>
  );
}

function SecretForm({ onSecret }: { onSecret: (secret: string) => void }) {
  const t = useWords();
  const [secret, setSecret] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (secret !== '') onSecret(secret);
  };
  return (
    <Form className="terminal-secret" onSubmit={submit}>
      <Field
        label={t('terminal.secret')}
        value={secret}
        onChange={setSecret}
        type="password"
        autoComplete="off"
        autoFocus
      />
      <Button kind="primary" type="submit">
        {t('terminal.useSecret')}
      </Button>
    </Form>
  );
}

function Picture({ icon: Icon }: { icon: LucideIcon }) {
  return <Icon aria-hidden className="console-picture" />;
}

function Notice({ picture, title, children }: { picture: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="console-notice" role="status">
      {picture}
      <h1 className="terminal-heading">{title}</h1>
      {children}
    </div>
  );
}
