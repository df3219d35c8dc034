import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { relocate } from '../../../cli/python/relocate.js';

function folderWith(programs: Readonly<Record<string, string | Buffer>>) {
  const parent = mkdtempSync(join(tmpdir(), 'relocate-'));
  const [folder, target] = [join(parent, 'env.12-1'), join(parent, 'env')];
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const [name, content] of Object.entries(programs)) {
    const text = typeof content === 'string' ? content.replaceAll('HERE', folder) : content;
    writeFileSync(join(folder, 'bin', name), text);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  return { folder, target };
}

test('a program starts after its folder was renamed', () => {
  const { folder, target } = folderWith({ tool: '#!HERE/bin/interpreter\necho started\n' });
  symlinkSync('/bin/sh', join(folder, 'bin/interpreter'));

  relocate(folder, target);
  renameSync(folder, target);

  const { stdout, status } = spawnSync(join(target, 'bin/tool'), { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: 'started\n', status: 0 });
});

test('every mention of the folder is changed, and nothing else', () => {
  const activate = 'VIRTUAL_ENV="HERE"\nPATH="HERE/bin:$PATH"\n';
  const other = '#!/usr/bin/env python3\n';
  const { folder, target } = folderWith({ activate, other });

  relocate(folder, target);

  const read = (name: string) => readFileSync(join(folder, 'bin', name), 'utf8');
  expect(read('activate')).toBe(activate.replaceAll('HERE', target));
  expect(read('other')).toBe(other);
  expect(statSync(join(folder, 'bin/activate')).mode & 0o777).toBe(0o755);
});

test('a binary program stays as it is', () => {
  const binary = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe]);
  const { folder, target } = folderWith({ binary });

  relocate(folder, target);

  expect(readFileSync(join(folder, 'bin/binary')).equals(binary)).toBe(true);
});
