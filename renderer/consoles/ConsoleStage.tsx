// The guest's screen, or its text, as a target: a snapshot held over it shows how it looked then. Dropped, the machine is reverted, and that
// stays over the screen, dimmed, until the new picture is there; a snapshot without a picture leaves the last one.
import type { Snapshot, Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { useWords } from '../i18n/index.ts';
import { holdVm, type Target } from '../snapshots/drag-grammar.ts';
import { useGrammarTarget } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';
import type { ConsolePhase } from './console-session.ts';
import type { ScreenView } from './screen-view.ts';

/** A machine that is not known, or no more, is no target: none has an empty id. */
const NO_TARGET: Target = { kind: 'vm', vmId: '', vmName: '', envName: '' };

export interface ConsoleStageProps {
  vm: Vm | undefined;
  /** `text` has no picture to show how it was. */
  shows: 'screen' | 'text';
  phase: ConsolePhase['kind'] | 'ended';
  /** The snapshot that is waited for; null: what is shown is of now. */
  awaited: string | null;
  keysToGuest: boolean;
  /** How large a screen is drawn. */
  view?: ScreenView;
  /** Nobody knows what the screen shows now: what is there is the last of it. */
  isStale?: boolean;
  ref?: RefObject<HTMLDivElement | null>;
  children: ReactNode;
}

export const ConsoleStage = observer(function ConsoleStage(props: ConsoleStageProps) {
  const { vm, shows, phase, awaited, keysToGuest, view, isStale = false, children } = props;
  const { drag, pictures, snapshots } = useStores();
  const t = useWords();
  const own = useRef<HTMLDivElement>(null);
  const ref = props.ref ?? own;
  const target = vm ? holdVm(vm) : NO_TARGET;
  const { dropProps, isDropTarget } = useGrammarTarget(target, ref);
  const verb = drag.verbFor(target);
  const held = verb?.do === 'revertVm' && shows === 'screen' ? verb.snapshot : null;
  const vmId = vm?.id ?? '';
  const coming =
    awaited !== null && shows === 'screen'
      ? snapshots.ofEnv(vm?.envName ?? '').find(({ name }) => name === awaited)
      : undefined;
  const pictured = coming ?? held;
  useEffect(() => {
    if (pictured && hasPicture(pictured, vmId)) void pictures.ask(pictured, vmId);
  }, [pictures, pictured, vmId]);
  const ghost = pictured && (coming || isDropTarget) ? pictures.of(pictured, vmId) : undefined;
  return (
    <div
      {...dropProps}
      ref={ref}
      tabIndex={-1}
      className="console-stage"
      data-keys={keysToGuest || undefined}
      data-shows={shows}
      data-phase={phase}
      data-view={view}
      data-stale={isStale || undefined}
      data-awaited={awaited !== null || undefined}
      data-pictured={(coming && ghost !== undefined) || undefined}
      data-valid-target={verb !== null || undefined}
      data-drop-target={isDropTarget || undefined}
    >
      {children}
      {ghost !== undefined && <img className="console-ghost" src={ghost} alt="" draggable={false} />}
      {awaited !== null && (
        <p className="console-reverting" role="status">
          {t('consoles.reverting', { snapshot: awaited })}
        </p>
      )}
    </div>
  );
});

function hasPicture({ vms }: Snapshot, vmId: string): boolean {
  return vms.some((vm) => vm.vmId === vmId && vm.hasThumbnail && !vm.removed);
}
