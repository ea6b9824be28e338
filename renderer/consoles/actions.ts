// What can be done about the keyboard of a machine: take it, lend it to somebody who looks, free it for everybody.
import type { Vm } from '@tt/protocol';
import { Keyboard, KeyboardOff, UserRoundPen } from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';
import { watchersOf } from '../presence/presence.ts';

type Uses = Pick<Stores, 'link' | 'me' | 'rights' | 'vms'>;

/** Those that make sense now, in the order of the menu. */
export function keyboardActions({ link, me, rights, vms }: Uses, vm: Vm, t: Translate): Action[] {
  const ownName = me.me?.name ?? null;
  const holder = vm.presence?.keyboard?.userName ?? null;
  const whyNot = firstReason({ linkDown: !link.up });
  const give = (id: string, label: string, icon: Action['icon'], userName: string | null): Action =>
    rights.before('console.giveKeyboard', {
      id,
      label,
      icon,
      whyNot,
      run: () => void vms.giveKeyboard(vm.id, userName),
    });
  const take =
    ownName !== null && holder !== ownName ? [give('take', t('consoles.takeKeyboard'), Keyboard, ownName)] : [];
  const free = holder === null ? [] : [give('free', t('consoles.freeKeyboard'), KeyboardOff, null)];
  // Nobody lends what a third one has: it is taken first.
  const canLend = holder === null || holder === ownName;
  const others = watchersOf(vm).flatMap(({ userName }) =>
    userName === null || userName === ownName ? [] : [userName],
  );
  const lend = canLend
    ? others.map((name) => give(`lend ${name}`, t('consoles.lendKeyboard', { name }), UserRoundPen, name))
    : [];
  return [...take, ...free, ...lend];
}
