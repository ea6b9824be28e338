// All verbs of one ENV in a menu.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { envActions } from './actions.ts';

export const EnvMenu = observer(function EnvMenu({ env, small }: { env: Env; small?: boolean }) {
  const t = useWords();
  const stores = useStores();
  const entries = () => {
    const can = envActions(stores, env, t);
    return toMenu([
      [
        can.snapshot,
        can.snapshotWith,
        can.wall,
        can.run,
        can.push,
        can.lifetime,
        can.edit,
        can.clone,
        can.export,
        can.saveTemplate,
      ],
      [can.add, can.change, can.remove, can.sshKey],
      [can.start, can.stop],
      [can.delete],
    ]);
  };
  return (
    <MenuButton
      label={t('envs.actionsOf', { name: env.name })}
      size={small ? 'small' : 'normal'}
      kind={small ? 'quiet' : 'normal'}
      entries={entries}
    />
  );
});
