// A computed value per key, kept while somebody observes it: `vms.ofEnv('demo')` is filtered once, not once per reader.
import {
  compareDefault,
  computed,
  type IComputedValue,
  type IEqualsComparer,
  onBecomeObserved,
  onBecomeUnobserved,
} from 'mobx';

/**
 * `equals`: when a new value counts as the old one, so that nobody is told; default: identity. `observed`: called when the first
 * one observes a value; its answer when the last one no longer does. Neither may change anything that can be observed.
 */
export function computedByKey<Key, Value>(
  compute: (key: Key) => Value,
  equals: IEqualsComparer<Value> = compareDefault,
  observed: (key: Key) => () => void = () => () => {},
): (key: Key) => Value {
  const byKey = new Map<Key, IComputedValue<Value>>();
  return (key) => {
    let value = byKey.get(key);
    if (!value) {
      value = computed(() => compute(key), { equals });
      byKey.set(key, value);
      let unobserved = () => {};
      onBecomeObserved(value, () => {
        unobserved = observed(key);
      });
      onBecomeUnobserved(value, () => {
        byKey.delete(key);
        unobserved();
      });
    }
    return value.get();
  };
}
