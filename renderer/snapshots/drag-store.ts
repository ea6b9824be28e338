// What is held right now and over what, for the grammar of dragging (snapshots/drag-grammar.ts): targets light up by it.
import { action, computed, makeObservable, observableRef } from 'mobx';
import { type Held, type Target, type Verb, verbFor } from './drag-grammar.ts';

export class DragStore {
  held: Held | null = null;
  over: Target | null = null;

  constructor() {
    makeObservable(this, {
      held: observableRef,
      over: observableRef,
      hoveredVerb: computed,
      take: action,
      enter: action,
      leave: action,
      letGo: action,
    });
  }

  /** What dropping here and now would do; null over nothing. */
  get hoveredVerb(): Verb | null {
    return this.held && this.over ? verbFor(this.held, this.over) : null;
  }

  /** What dropping on this target would do; null when it is not a target for what is held. */
  verbFor(target: Target): Verb | null {
    return this.held ? verbFor(this.held, target) : null;
  }

  take(held: Held): void {
    this.held = held;
    this.over = null;
  }

  enter(target: Target): void {
    this.over = target;
  }

  leave(): void {
    this.over = null;
  }

  letGo(): void {
    this.held = null;
    this.over = null;
  }
}
