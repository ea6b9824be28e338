// What the editor of YAML and a plan draw: line numbers with the wrong one marked, each problem at its place, and what a step needs.
import type { EnvFile } from '@tt/protocol';
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { setLanguage } from '../i18n/index.ts';
import { StoresContext } from '../state/stores-context.ts';
import { TemplateList } from '../templates/TemplateList.tsx';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { CheckedText } from './checked-text.ts';
import { EnvYaml } from './env-yaml.ts';
import { PlanView } from './PlanView.tsx';
import { YamlEditor } from './YamlEditor.tsx';

let world: TestStores;
beforeAll(async () => {
  world = await startTestStores({ empty: true });
  await world.link.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  await world.link.client.template.save({ name: 'shop', text: 'groups: []', replaces: null, sharedWith: 'everybody' });
  await world.settle();
}, 30_000);
afterAll(() => world.stop());
afterEach(() => setLanguage('en'));

const drawn = (element: ReactElement) =>
  renderToStaticMarkup(<StoresContext value={world.stores}>{element}</StoresContext>);

test('a line with a fault is marked, and its faults are listed with their places', async () => {
  const text = new CheckedText<EnvFile>('title: 5\nnaem: x\n', (code, typed) => code.readNewEnv(typed, 'YAML'));
  await text.check();
  const markup = drawn(<YamlEditor label="YAML of demo" text={text} />);
  expect(markup).toMatch(/<span data-wrong="true">2\n<\/span>/);
  expect(markup).toContain('aria-invalid="true"');
  expect(markup).toContain('Line 2, column 1');
  expect(markup).toContain('“naem” is not a key here; “name” is');
  setLanguage('zh-CN');
  expect(drawn(<YamlEditor label="YAML" text={text} />)).toContain('第 2 行，第 1 列');
});

test('a plan says what deletes, and asks for a tick', async () => {
  const yaml = new EnvYaml(world.stores.bridge, 'demo');
  await yaml.load();
  expect(drawn(<PlanView yaml={yaml} />)).toBe('');
  yaml.text.type(yaml.text.text.replace('copies: 2', 'copies: 1'));
  await yaml.makePlan();
  const markup = drawn(<PlanView yaml={yaml} />);
  expect(markup).toMatch(/data-sign="-".*demo\/tiny-\d-\d<\/strong> is removed/);
  expect(markup).toContain('Delete machines and disks');
  expect(markup).toContain('1 change is left out');
  yaml.allow({ loss: true });
  expect(drawn(<PlanView yaml={yaml} />)).toContain('Apply 1 change');
  yaml.text.stop();
});

test('templates are listed with whose they are and who sees them', () => {
  const markup = drawn(<TemplateList query="sho" />);
  expect(markup).toContain('of mei · shared with everybody · version 1');
  expect(drawn(<TemplateList query="other" />)).toBe('');
});
