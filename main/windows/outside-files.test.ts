// Which words of a command line are files for TT, from the first moment on; everything else is left alone.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { filesIn, kindOf, MOST_FILES, OutsideFiles } from './outside-files.ts';

const folder = path.resolve('/home/ann');
const here = (name: string) => path.join(folder, name);

describe('a command line', () => {
  it.each([
    ['disk.qcow2', [here('disk.qcow2')]],
    [here('Disk.OVA'), [here('Disk.OVA')]],
    [pathToFileURL(here('my demo.tt-capsule')).href, [here('my demo.tt-capsule')]],
    ['sub/env.yaml', [here('sub/env.yaml')]],
    ['notes.txt', []],
    ['run.sh', []],
    ['qcow2', []],
    ['--user-data-dir=/x/disk.qcow2', []],
    ['tt://join/tt.example#join=x.yaml', []],
    ['https://tt.example/disk.qcow2', []],
    ['file://%zz/disk.qcow2', []],
    ['javascript:disk.qcow2', []],
    ['disk\0.qcow2', []],
    [`${'x'.repeat(5000)}.qcow2`, []],
    ['', []],
  ])('with %j opens %j', (word, files) => {
    expect(filesIn(['/opt/tt-desktop', word], folder)).toEqual(files);
  });

  it('never opens the program itself, nothing twice, and not hundreds', () => {
    expect(filesIn(['/opt/tt.iso'], folder)).toEqual([]);
    expect(filesIn(['tt', 'a.iso', './a.iso'], folder)).toEqual([here('a.iso')]);
    const many = Array.from({ length: 100 }, (_, index) => `${index}.iso`);
    expect(filesIn(['tt', ...many], folder)).toHaveLength(MOST_FILES);
  });
});

it('the end of the name says the kind', () => {
  expect(['a.qcow2', 'a.OVA', 'a.tt-capsule', 'a.yml', 'a.tar', 'yaml'].map(kindOf)).toEqual([
    'image',
    'image',
    'capsule',
    'envFile',
    null,
    null,
  ]);
});

it('files are heard of whenever they came, and only once', () => {
  const handlers: Record<string, (...args: unknown[]) => void> = {};
  const app = { on: (event: string, handler: never) => (handlers[event] = handler) };
  const files = new OutsideFiles(app, ['/opt/tt', 'first.iso', '--flag'], folder);
  const event = { preventDefault: vi.fn() };
  handlers['open-file']?.(event, here('second.ova'));
  expect(event.preventDefault).toHaveBeenCalledOnce();
  const heard: (readonly string[])[] = [];
  files.follow((came) => heard.push(came));
  handlers['second-instance']?.({}, ['/opt/tt', 'third.yaml', 'notes.txt'], here('sub'));
  handlers['second-instance']?.({}, ['/opt/tt'], folder);
  expect(heard).toEqual([[here('first.iso')], [here('second.ova')], [here('sub/third.yaml')]]);
});
