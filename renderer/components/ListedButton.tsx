// The element of a button that may stand in an item of a react-aria list. Such a list gives its items a new context of buttons with each
// change, and React runs whatever reads that context, also below a provider that says the same as before: hundreds of buttons of a board
// with each arrow. In an item this one reads none; it is pressed, hovered, focused and described as react-aria’s own is. Elsewhere it is that one.
import { type ComponentProps, type MouseEvent, type PointerEvent, type ReactNode, useContext, useState } from 'react';
import { Button as AriaButton, Pressable, type PressEvent } from 'react-aria-components';
import { InItemContext } from './lists/item-context.ts';

export type Attributes = { [name: `aria-${string}` | `data-${string}`]: string | number | boolean | undefined };

export interface ListedButtonProps extends Attributes {
  className: string;
  onPress?: (event: PressEvent) => void;
  onClickCapture?: (event: MouseEvent) => void;
  /** It can't be pressed now, and keeps the focus. */
  isPending?: boolean;
  children: ReactNode;
}

export function ListedButton(props: ListedButtonProps) {
  // Where a button stands does not change while it is there.
  return useContext(InItemContext) ? <InItem {...props} /> : <AriaButton {...props} />;
}

function InItem({ onPress, isPending = false, children, ...attributes }: ListedButtonProps) {
  const [isHovered, setHovered] = useState(false);
  const [isPressed, setPressed] = useState(false);
  const own: ComponentProps<'button'> = {
    ...attributes,
    ...(isPending && { 'aria-disabled': true }),
    // A finger hovers over nothing: what it touched would stay lit.
    onPointerEnter: ({ pointerType }: PointerEvent) => setHovered(pointerType !== 'touch'),
    onPointerLeave: () => setHovered(false),
  };
  return (
    <Pressable onPressChange={setPressed} {...(onPress && !isPending && { onPress })}>
      <button
        type="button"
        {...own}
        data-hovered={isHovered || undefined}
        data-pressed={(isPressed && !isPending) || undefined}
        data-pending={isPending || undefined}
      >
        {children}
      </button>
    </Pressable>
  );
}
