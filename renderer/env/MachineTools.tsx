// Above the machines of an ENV: add, change, remove, and how they are shown. With several selected, their verbs stand in the same place,
// so that a selection moves nothing.
import type { Env } from '@tt/protocol';
import { X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { Button } from '../components/Button.tsx';
import { Choice } from '../components/Choice.tsx';
import { Toolbar } from '../components/Toolbar.tsx';
import { useElementSize } from '../components/use-element-size.ts';
import { envActions } from './actions.ts';
import { useWords } from '../i18n/index.ts';
import { chosenVms, groupsOfVms, vmsActions } from '../machines/actions-of-many.ts';
import { SumMeter } from '../metrics/SumMeter.tsx';
import { tileSizes } from '../settings/settings-store.ts';
import { useStores } from '../state/stores-context.ts';

/** In px of the page: with less width verbs are icons; with still less they have a row to themselves. */
const LABELS_NEED = 980;
const ONE_ROW_NEEDS = 640;

export const MachineTools = observer(function MachineTools({ env }: { env: Env }) {
  const { vms } = useStores();
  const t = useWords();
  const { ref, size } = useElementSize<HTMLDivElement>();
  const width = size?.width ?? LABELS_NEED;
  const isEmpty = vms.idsOfEnv(env.name).length === 0;
  return (
    <div ref={ref} className="machine-bar" data-narrow={width < ONE_ROW_NEEDS || undefined}>
      <Toolbar label={t('machines.tools')} className="machine-tools">
        <MachineVerbs env={env} areIcons={width < LABELS_NEED && !isEmpty} />
      </Toolbar>
      {!isEmpty && <MachineViews />}
    </div>
  );
});

const MachineVerbs = observer(function MachineVerbs({ env, areIcons }: { env: Env; areIcons: boolean }) {
  const stores = useStores();
  const t = useWords();
  const chosen = chosenVms(stores, env.name);
  const ofAll = chosen.length > 1 ? vmsActions(stores, chosen, t) : null;
  if (ofAll) {
    return (
      <>
        <span className="machine-count muted number" role="status">
          {t('machines.selected', { count: chosen.length })}
        </span>
        {groupsOfVms(ofAll)
          .flat()
          .map((action) => (
            <ActionButton key={action.id} size="small" action={action} iconOnly={areIcons} />
          ))}
        <Button
          size="small"
          kind="quiet"
          icon={X}
          label={t('machines.deselect')}
          onPress={() => stores.view.selectVms([])}
        />
      </>
    );
  }
  const can = envActions(
    stores,
    env,
    t,
    chosen.map(({ id }) => id),
  );
  return (
    <>
      <ActionButton size="small" action={can.add} iconOnly={areIcons} />
      <ActionButton size="small" action={can.change} iconOnly={areIcons} />
      <ActionButton size="small" action={can.remove} iconOnly={areIcons} />
      <span className="spacer" />
      <SumMeter envName={env.name} />
    </>
  );
});

const MachineViews = observer(function MachineViews() {
  const { settings } = useStores();
  const t = useWords();
  const { machineView, tileSize } = settings;
  return (
    <div className="machine-views">
      {machineView === 'tiles' && (
        <Choice
          label={t('machines.tileSize')}
          value={tileSize}
          options={tileSizes.map((value) => ({ value, label: t(`machines.tileSizes.${value}`) }))}
          onChange={(value) => settings.sizeTiles(value)}
        />
      )}
      <Choice
        label={t('machines.view')}
        value={machineView}
        options={(['tiles', 'table'] as const).map((value) => ({ value, label: t(`machines.views.${value}`) }))}
        onChange={(value) => settings.showMachinesAs(value)}
      />
    </div>
  );
});
