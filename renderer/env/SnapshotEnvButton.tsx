// Opens the small dialog that takes a snapshot of a whole ENV (key S).
import type { Env } from '@tt/protocol';
import { Camera } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const SnapshotEnvButton = observer(function SnapshotEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const { view, link } = useStores();
  const t = useWords();
  return (
    <Button
      {...(small ? { size: 'small', kind: 'quiet' } : {})}
      icon={Camera}
      isDisabled={!link.up || env.vmIds.length === 0 || env.state === 'creating' || env.state === 'deleting'}
      label={t('envs.snapshot')}
      shortcut="S"
      onPress={() => view.open({ kind: 'takeSnapshot', envName: env.name, vmId: null })}
    >
      {small ? undefined : t('envs.snapshot')}
    </Button>
  );
});
