// Props stay the same object until they say something else, and call what was given last.
import { expect, test, vi } from 'vitest';
import { SteadyProps } from './steady-props.ts';

const SLOT = Symbol('slot');

test('what says the same is the same object, whatever functions it has', () => {
  const steady = new SteadyProps();
  const first = steady.of({ slots: { [SLOT]: {}, drag: { onPress: () => 1, style: { color: 'red' } } } });
  expect(steady.of({ slots: { [SLOT]: {}, drag: { onPress: () => 2, style: { color: 'red' } } } })).toBe(first);
  expect(steady.of({ slots: { [SLOT]: {}, drag: { onPress: () => 2, style: { color: 'blue' } } } })).not.toBe(first);
});

test('a prop that comes or goes is another value', () => {
  const steady = new SteadyProps<Record<string, unknown> | null>();
  const none = steady.of({});
  const some = steady.of({ isDisabled: undefined });
  expect(some).not.toBe(none);
  expect([steady.of(null), steady.of({ isDisabled: true })]).toEqual([null, { isDisabled: true }]);
});

test('its functions call the newest', () => {
  const steady = new SteadyProps<{ slots: { selection: { onChange: (to: boolean) => string } } }>();
  const [before, after] = [vi.fn(() => 'before'), vi.fn(() => 'after')];
  const { onChange } = steady.of({ slots: { selection: { onChange: before } } }).slots.selection;
  steady.of({ slots: { selection: { onChange: after } } });
  expect([onChange(true), before.mock.calls, after.mock.calls]).toEqual(['after', [], [[true]]]);
});

test('a ref stays itself, as an element is put into it', () => {
  const ref = { current: null };
  expect(new SteadyProps<{ ref: object }>().of({ ref }).ref).toBe(ref);
});
