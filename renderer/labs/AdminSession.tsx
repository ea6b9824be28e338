// A profile that is open for change: in which ENV, by whom, and its two ends.
import type { Env, Profile } from '@tt/protocol';
import { Monitor, Upload, X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const AdminSession = observer(function AdminSession({ profile, env }: { profile: Profile; env: Env }) {
  const { labs, link, operations, view, vms } = useStores();
  const t = useWords();
  const { name } = profile;
  const [vm] = vms.ofEnv(env.name);
  const isBusy = operations.running.some(({ subject }) => subject.profileName === name);
  const isDisabled = !link.up || isBusy;
  return (
    <div className="notice" data-tone="warning" role="status">
      <div className="notice-body">
        <p>{t('labs.inChange', { env: env.name, owner: env.owner })}</p>
        <div className="notice-foot">
          <Button
            size="small"
            icon={Monitor}
            isDisabled={vm === undefined}
            onPress={() => vm && view.go({ page: 'console', envName: env.name, vmId: vm.id })}
          >
            {t('labs.console')}
          </Button>
          <Button
            size="small"
            icon={Upload}
            isDisabled={isDisabled}
            aria-label={t('labs.publishOf', { profile: name })}
            onPress={() => view.open({ kind: 'publishProfile', name })}
          >
            {t('labs.publish')}
          </Button>
          <Button
            size="small"
            icon={X}
            isDisabled={isDisabled}
            aria-label={t('labs.discardOf', { profile: name })}
            onPress={() => void labs.discard(name)}
          >
            {t('labs.discard')}
          </Button>
        </div>
      </div>
    </div>
  );
});
