// The contents of an item of a react-aria list. With each move of the focus react-aria gives the checkbox, the handle and the buttons of all
// items new props that say the same as before, and all of them are drawn anew. Here they get new ones only when what they say is another;
// what they call is always the newest.
import { type Context, type ReactNode, useContext, useState } from 'react';
import { ButtonContext, CheckboxContext, CheckboxFieldContext, TextContext } from 'react-aria-components';
import { InItemContext } from './item-context.ts';
import { SteadyProps } from './steady-props.ts';

export function SteadyItem({ children }: { children: ReactNode }) {
  return (
    <Steady context={ButtonContext}>
      <Steady context={CheckboxContext}>
        <Steady context={CheckboxFieldContext}>
          <Steady context={TextContext}>
            <InItemContext.Provider value>{children}</InItemContext.Provider>
          </Steady>
        </Steady>
      </Steady>
    </Steady>
  );
}

function Steady<Value>({ context, children }: { context: Context<Value>; children: ReactNode }) {
  const value = useContext(context);
  const [steady] = useState(() => new SteadyProps<Value>());
  const shown = steady.of(value);
  return <context.Provider value={shown}>{children}</context.Provider>;
}
