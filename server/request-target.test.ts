// One spelling for each path: a path in its normal form passes unchanged, everything else is refused.
import { expect, it } from 'vitest';
import { normalPath } from './request-target.ts';

it.each([
  ['/', '/'],
  ['/api/envs', '/api/envs'],
  ['/api/envs/', '/api/envs/'],
  ['/api/images/qemu:tiny-2:std', '/api/images/qemu:tiny-2:std'],
  ['/api/images/qemu%3Atiny%20two', '/api/images/qemu%3Atiny%20two'],
  ['/api/envs/%E6%B5%8B', '/api/envs/%E6%B5%8B'],
  ['/api/envs?a[0]={"x":1}&b=/../%61', '/api/envs'],
  ['/api/envs/...', '/api/envs/...'],
  ['/assets/app-a_b~c.js', '/assets/app-a_b~c.js'],
])('%j is normal', (target, path) => {
  expect(normalPath(target)).toBe(path);
});

it.each([
  '',
  '*',
  'api/envs',
  'http://127.0.0.1/api/envs',
  '//api/envs',
  '/api//envs',
  '/api/./envs',
  '/api/../api/envs',
  '/api/envs/..',
  '/%61pi/envs',
  '/api/%7E',
  '/api/%2E%2E/envs',
  '/api/%2e%2e/envs',
  '/api%2Fenvs',
  '/api%2fenvs',
  '/api%5Cenvs',
  '/api\\envs',
  '/api/envs#x',
  '/api/envs?x#y',
  '/api/envs?x\\y',
  '/api/envs?x y',
  '/api/%e6%b5%8b',
  '/api/%E6%B5',
  '/api/%FF',
  '/api/%zz',
  '/api/%',
  '/api/%00',
  '/api/%0A',
  '/api/%7F',
  '/api/en\tvs',
  '/api/en vs',
  '/api/\u0000',
  '/api/\u00e9',
  '/api/{x}',
  '/api/a|b',
])('%j is not', (target) => {
  expect(() => normalPath(target)).toThrow(expect.objectContaining({ code: 'URL_NOT_NORMAL' }));
});

it('says which, without control characters, without the query, and not at length', () => {
  const refused = (target: string) => {
    try {
      normalPath(target);
    } catch (error) {
      return (error as { data: { url: string } }).data.url;
    }
    return null;
  };
  expect(refused('/a\u001b[31m\u202e?secret')).toBe('/a?[31m?');
  expect(refused(`/../${'x'.repeat(1000)}`)).toHaveLength(200);
});
