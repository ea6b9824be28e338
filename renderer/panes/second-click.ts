// The second click of a double click on something that is gone after the first: what lies there then was not meant. The third is meant
// again, as of somebody who closes one after another.

export function isSecondClick({ detail }: { detail: number }): boolean {
  return detail === 2;
}
