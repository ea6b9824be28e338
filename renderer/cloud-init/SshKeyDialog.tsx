// The ssh key of an ENV to copy, and a command to log in to each machine that was given it.
import { type SshKey, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { CopyChip } from '../components/CopyChip.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { CloseFoot } from '../components/DialogFoot.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const SshKeyDialog = observer(function SshKeyDialog({ envName }: { envName: string }) {
  const { envs, view } = useStores();
  const t = useWords();
  const [key, setKey] = useState<SshKey | null>(null);
  const [error, setError] = useState<TtError | null>(null);
  useEffect(() => {
    let isOpen = true;
    void envs.sshKey(envName).then((outcome) => {
      if (!isOpen) return;
      if (outcome.ok) setKey(outcome.value);
      else setError(outcome.error);
    });
    return () => {
      isOpen = false;
    };
  }, [envs, envName]);
  const file = `${envName}.key`;
  return (
    <Dialog
      title={t('cloudInit.keyTitle', { env: envName })}
      width="normal"
      onClose={() => view.close()}
      foot={<CloseFoot onClose={() => view.close()} />}
    >
      {error && <ErrorNotice error={toErrorRecord(error)} />}
      {key && (
        <>
          <p className="field-hint">{t('cloudInit.keyText', { file })}</p>
          <div className="line">
            <CopyChip text={key.privateKey} hint={t('cloudInit.copyKey')} done={t('cloudInit.keyCopied')}>
              {t('cloudInit.copyKey')}
            </CopyChip>
          </div>
          {key.logins.length > 0 && (
            <Rows
              items={key.logins}
              keyOf={({ vmId }) => vmId}
              height={28}
              className="logins"
              label={t('cloudInit.logins')}
            >
              {({ vmId, vmName, user, host, port }, place) => {
                const command = `ssh -i ${file} -p ${port} ${user}@${host}`;
                return (
                  <li key={vmId} className="login" {...place}>
                    <span className="muted ellipsis">{vmName}</span>
                    <CopyChip
                      text={command}
                      hint={t('envs.portHint', { text: command })}
                      done={t('envs.portCopied', { text: command })}
                    >
                      <span className="mono">{command}</span>
                    </CopyChip>
                  </li>
                );
              }}
            </Rows>
          )}
          {key.logins.length === 0 && <p className="muted">{t('cloudInit.noLogins')}</p>}
        </>
      )}
    </Dialog>
  );
});
