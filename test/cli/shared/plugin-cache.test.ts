import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { pluginCache } from '../../../cli/shared/plugin-cache.js';

const folder = () => mkdtempSync(join(tmpdir(), 'cache-'));

test('all stacks share the folder that cdktf uses, which is created', () => {
  const HOME = folder();
  const TF_PLUGIN_CACHE_DIR = join(HOME, '.terraform.d', 'plugin-cache');

  expect(pluginCache({ HOME })).toEqual({ TF_PLUGIN_CACHE_DIR });
  expect(existsSync(TF_PLUGIN_CACHE_DIR)).toBe(true);
});

test('another folder may be given, or none', () => {
  const TF_PLUGIN_CACHE_DIR = join(folder(), 'plugins');

  expect(pluginCache({ TF_PLUGIN_CACHE_DIR })).toEqual({ TF_PLUGIN_CACHE_DIR });
  expect(existsSync(TF_PLUGIN_CACHE_DIR)).toBe(true);
  expect(pluginCache({ CDKTF_DISABLE_PLUGIN_CACHE_ENV: '1' })).toEqual({});
});
