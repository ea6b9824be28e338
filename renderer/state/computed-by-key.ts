// A computed value per key, kept while somebody observes it: `vms.ofEnv('demo')` is filtered once, not once per reader.
import { compareDefault, computed, type IComputedValue, type IEqualsComparer, onBecomeUnobserved } from 'mobx';

/** `equals`: when a new value counts as the old one, so that nobody is told; default: identity. */
export function computedByKey<Key, Value>(
  compute: (key: Key) => Value,
  equals: IEqualsComparer<Value> = compareDefault,
): (key: Key) => Value {
  const byKey = new Map<Key, IComputedValue<Value>>();
  return (key) => {
    let value = byKey.get(key);
    if (!value) {
      value = computed(() => compute(key), { equals });
      byKey.set(key, value);
      onBecomeUnobserved(value, () => byKey.delete(key));
    }
    return value.get();
  };
}
