// The forwarded ports of a machine as chips: a click opens a shell or the browser, where somebody knows a program for the port; beside it
// stands what copies how to reach it. A dot says whether its server answers, by its shape too.
import type { PortMapping, Vm } from '@tt/protocol';
import { Copy } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link } from 'react-aria-components';
import { type Action, runIfAllowed } from '../components/action.ts';
import { CopyChip } from '../components/CopyChip.tsx';
import { ListedButton } from '../components/ListedButton.tsx';
import { useReason } from '../components/use-reason.tsx';
import { WithTooltip } from '../components/WithTooltip.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { vmActions } from './actions.ts';
import { healthOf, openingOf, type PortOpening } from './port-open.ts';
import { portReach } from './port-reach.ts';
import { portName, portText } from './port-text.ts';
import { watchWhileSeen } from './watch-while-seen.ts';

export const PortChips = observer(function PortChips({ vm }: { vm: Vm }) {
  const stores = useStores();
  const t = useWords();
  const { portHealth } = stores;
  const list = useRef<HTMLUListElement>(null);
  // What ssh says comes with the machine.
  const isAsked = vm.portMap.some((mapping) => portName(mapping) !== 'ssh');
  useEffect(
    () => (isAsked ? watchWhileSeen(list.current, () => portHealth.watch(vm.id)) : undefined),
    [portHealth, vm.id, isAsked],
  );
  if (vm.portMap.length === 0) return null;
  const { shell } = vmActions(stores, vm, t);
  const reach = portReach(stores);
  return (
    <ul ref={list} className="ports" aria-label={t('envs.ports', { vm: shortVmName(vm.name) })}>
      {vm.portMap.map((mapping) => (
        <li key={`${mapping.protocol}${mapping.guestPort}`} className="port">
          <PortChip vm={vm} mapping={mapping} opening={openingOf(mapping, reach)} shell={shell} />
        </li>
      ))}
    </ul>
  );
});

interface PortChipProps {
  vm: Vm;
  mapping: PortMapping;
  opening: PortOpening;
  shell: Action;
}

function PortChip({ vm, mapping, opening, shell }: PortChipProps) {
  const t = useWords();
  const text = portText(mapping);
  const copied = t('envs.portCopied', { text });
  const face = <PortFace vm={vm} mapping={mapping} />;
  if (opening.kind === 'copy' || opening.kind === 'onHost') {
    const hint =
      opening.kind === 'onHost' ? t('machines.port.onHost', { url: opening.url }) : t('envs.portHint', { text });
    return (
      <CopyChip text={text} hint={hint} done={copied}>
        {face}
      </CopyChip>
    );
  }
  const isOff = vm.state !== 'running';
  return (
    <>
      {opening.kind !== 'shell' && isOff && <OffChip>{face}</OffChip>}
      {opening.kind === 'shell' && (
        <ShellChip vm={vm} shell={shell}>
          {face}
        </ShellChip>
      )}
      {opening.kind === 'tunnel' && !isOff && (
        <TunnelChip vm={vm} mapping={mapping} scheme={opening.scheme}>
          {face}
        </TunnelChip>
      )}
      {opening.kind === 'browser' && !isOff && (
        <WithTooltip text={t('machines.port.openBrowser', { url: opening.url })}>
          {/* Neither the page nor its server learns where it was opened from. */}
          <Link className="chip port-open" href={opening.url} target="_blank" rel="noopener noreferrer">
            {face}
          </Link>
        </WithTooltip>
      )}
      <CopyChip text={text} hint={t('machines.port.copyOf', { text })} done={copied}>
        <Copy aria-hidden className="icon" />
        <span className="visually-hidden">{t('machines.port.copyOf', { text })}</span>
      </CopyChip>
    </>
  );
}

/** The page of a machine that does not run: in its place, so that nothing moves when it starts. */
function OffChip({ children }: { children: ReactNode }) {
  const reason = useReason('notRunning');
  return (
    <WithTooltip text="" reason={reason.text ?? ''}>
      <ListedButton {...reason.props} className="chip port-open">
        {children}
        {reason.description}
      </ListedButton>
    </WithTooltip>
  );
}

/** Through a port of this computer, which the desktop opens when it is wanted. */
function TunnelChip(props: { vm: Vm; mapping: PortMapping; scheme: 'http' | 'https'; children: ReactNode }) {
  const { vm, mapping, scheme, children } = props;
  const { connections, toasts } = useStores();
  const t = useWords();
  const [isOpening, setOpening] = useState(false);
  const open = async () => {
    if (!connections) return;
    setOpening(true);
    const outcome = await connections.openPort(vm.id, mapping.guestPort);
    setOpening(false);
    // The desktop gives it to the system’s browser, and opens no window of its own.
    if (outcome.ok) window.open(`${scheme}://127.0.0.1:${outcome.value}/`, '_blank', 'noopener,noreferrer');
    else toasts.fail(t('machines.port.notOpened', { name: portName(mapping) }), outcome.error);
  };
  return (
    <WithTooltip text={t('machines.port.openTunnel', { name: portName(mapping), vm: shortVmName(vm.name) })}>
      <ListedButton className="chip port-open" isPending={isOpening} onPress={() => void open()}>
        {children}
      </ListedButton>
    </WithTooltip>
  );
}

function ShellChip({ vm, shell, children }: { vm: Vm; shell: Action; children: ReactNode }) {
  const { toasts } = useStores();
  const t = useWords();
  const reason = useReason(shell.whyNot);
  return (
    <WithTooltip
      text={t('machines.port.openShell', { vm: shortVmName(vm.name) })}
      {...(reason.text !== null && { reason: reason.text })}
    >
      <ListedButton
        {...reason.props}
        className="chip port-open"
        onPress={() => runIfAllowed(shell, (said) => toasts.explain(said))}
      >
        {children}
        {reason.description}
      </ListedButton>
    </WithTooltip>
  );
}

const PortFace = observer(function PortFace({ vm, mapping }: { vm: Vm; mapping: PortMapping }) {
  const { portHealth } = useStores();
  const t = useWords();
  const health = healthOf(vm, mapping, portHealth.of(vm.id, mapping));
  return (
    <>
      <span aria-hidden="true" className="port-dot" data-health={health} title={t(`machines.port.${health}`)} />
      <span className="chip-name">{portName(mapping)} </span>
      <span className="mono number">{mapping.hostPort}</span>
      <span className="visually-hidden">, {t(`machines.port.${health}`)}</span>
    </>
  );
});
