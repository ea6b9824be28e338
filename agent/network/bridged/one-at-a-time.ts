// Changes to interfaces are planned from what is there, so two at once would plan from the same picture.

export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all that was asked before has ended, however it ended. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
