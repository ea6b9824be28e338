// Rollback: each step of an operation that leaves something behind registers how to undo it. Steps are undone in reverse order;
// one that fails is logged and does not stop the others.

interface UndoStep {
  what: string;
  run: () => Promise<void> | void;
}

export class UndoStack {
  readonly #steps: UndoStep[] = [];
  readonly #onFailure: (what: string, error: unknown) => void;

  /** `onFailure` is called for each undo step that fails, with a name for the log. */
  constructor(onFailure: (what: string, error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** Registers how to undo what was just done. `what` names it in the log, e.g. `disk of vm-1`. */
  add(what: string, run: () => Promise<void> | void): void {
    this.#steps.push({ what, run });
  }

  /** The work is whole: nothing will be undone any more. */
  commit(): void {
    this.#steps.length = 0;
  }

  /** Undoes everything registered since the last commit. Never rejects. */
  async undo(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.run();
      } catch (error) {
        this.#onFailure(step.what, error);
      }
    }
  }
}
