// Pages that are put together: those that follow each other, up to as many as one call takes, and nothing else.
import { beforeEach, expect, it } from 'vitest';
import { PageRuns } from './page-runs.ts';

const PAGE = 4096;
const page = Buffer.alloc(PAGE, 1);

/** What was given on: its first page, how many, and whether they are zero. */
let given: [number, number, 'pages' | 'zeros'][];
let runs: PageRuns;
beforeEach(() => {
  given = [];
  runs = new PageRuns({
    pages: (offset, pages) => given.push([offset / PAGE, pages.length, 'pages']),
    zeros: (offset, lengthBytes) => given.push([offset / PAGE, lengthBytes / PAGE, 'zeros']),
  });
});

function add(...at: number[]): void {
  for (const index of at) runs.add(index * PAGE, page);
}

function addZeros(...at: number[]): void {
  for (const index of at) runs.addZeros(index * PAGE, PAGE);
}

it('are one run while they follow each other and are of one kind', () => {
  add(0, 1, 2, 5, 6);
  addZeros(7, 8, 3);
  add(4);
  runs.flush();
  runs.flush();
  expect(given).toEqual([
    [0, 3, 'pages'],
    [5, 2, 'pages'],
    [7, 2, 'zeros'],
    [3, 1, 'zeros'],
    [4, 1, 'pages'],
  ]);
});

it('that come again are a run of their own, also right behind what was given on', () => {
  add(1, 1);
  runs.flush();
  add(2);
  addZeros(2);
  runs.flush();
  expect(given).toEqual([
    [1, 1, 'pages'],
    [1, 1, 'pages'],
    [2, 1, 'pages'],
    [2, 1, 'zeros'],
  ]);
});

it('are as many as one call takes; zeros are none of a call', () => {
  add(...Array(1025).keys());
  runs.flush();
  addZeros(...Array(1025).keys());
  runs.flush();
  expect(given).toEqual([
    [0, 1024, 'pages'],
    [1024, 1, 'pages'],
    [0, 1025, 'zeros'],
  ]);
});
