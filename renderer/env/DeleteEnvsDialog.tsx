// Asks before ENVs are deleted, and says whether they can be restored: where there is a bin, they go there.
import { observer } from 'mobx-react-lite';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ConfirmEnvs } from './ConfirmEnvs.tsx';

export const DeleteEnvsDialog = observer(function DeleteEnvsDialog({ names }: { names: readonly string[] }) {
  const { envs, snapshots, view, hosts } = useStores();
  const t = useWords();
  const format = useFormat();
  const [only = ''] = names;
  const several = names.length > 1;
  const keptMs = (hosts.first?.keepDeletedS ?? 0) * 1000;
  const remove = () => {
    view.select([]);
    const { route } = view;
    if (route.page !== 'envs' && 'envName' in route && names.includes(route.envName)) view.go({ page: 'envs' });
    void envs.deleteEnvs(names);
  };
  const lost = several
    ? t('envs.deleteSeveralText')
    : t('envs.deleteText', { snapshots: t('envs.deleteSnapshots', { count: snapshots.ofEnv(only).length }) });
  const kept = t('bin.goesThere', { time: format.duration(keptMs) });
  // Sessions never go there: whoever deletes one has to know.
  const isLost = keptMs === 0 || names.some((name) => (envs.get(name)?.lab ?? null) !== null);
  return (
    <ConfirmEnvs
      names={names}
      title={several ? t('envs.deleteSeveralTitle', { count: names.length }) : t('envs.deleteTitle', { env: only })}
      verb={t('envs.deleteNow')}
      run={remove}
    >
      <p>{isLost ? lost : kept}</p>
    </ConfirmEnvs>
  );
});
