// A computed value per key, kept while somebody observes it: `vms.ofEnv('demo')` is filtered once, not once per reader.
import { computed, type IComputedValue, onBecomeUnobserved } from 'mobx';

export function computedByKey<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const byKey = new Map<Key, IComputedValue<Value>>();
  return (key) => {
    let value = byKey.get(key);
    if (!value) {
      value = computed(() => compute(key));
      byKey.set(key, value);
      onBecomeUnobserved(value, () => byKey.delete(key));
    }
    return value.get();
  };
}
