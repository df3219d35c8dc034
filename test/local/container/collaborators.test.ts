import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { containerCollaborators } from '../../../local/container/collaborators.js';
import type { ContainerSettings } from '../../../local/container/protocol.js';

let folder: string;
let channel: MessageChannel;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-'));
  writeFileSync(join(folder, 'meta.json'), 'meta');
  channel = new MessageChannel();
});

afterEach(() => {
  channel.port1.close();
  rmSync(folder, { recursive: true });
});

function read(href: string, maps: Pick<ContainerSettings, 'hrefMap' | 'sourceMap'>) {
  const settings: ContainerSettings = {
    pipeline: 'demo',
    appFile: '',
    requesterPays: false,
    maxReceiveCount: 1,
    retryDelaySeconds: 1,
    reportItems: false,
    timeoutSeconds: 1,
    ...maps,
  };
  return containerCollaborators(settings, channel.port1).source.read(href);
}

const cases = (to: string): [string, string, Parameters<typeof read>[1]][] => [
  ['the path on disk', `${to}meta.json`, { hrefMap: { from: 's3://b/', to } }],
  ['an href that was not mapped', 's3://b/meta.json', { hrefMap: { from: 's3://b/', to } }],
  ['an href with the prefix', 's3://x/meta.json', mapped('s3://b/', 's3://x/', to)],
  ['an unmapped one beside a prefix', 's3://b/meta.json', mapped('s3://b/', 's3://x/', to)],
  ['a prefix below the bucket itself', 's3://b/y/meta.json', mapped('s3://b/', 's3://b/y/', to)],
];

function mapped(from: string, prefix: string, to: string): Parameters<typeof read>[1] {
  return { hrefMap: { from, to: prefix }, sourceMap: { from: prefix, to } };
}

test.each([0, 1, 2, 3, 4])(
  '[N27] a folder is read by each href of the granule that it stands for (%i)',
  async (index) => {
    const [what, href, maps] = cases(`${folder}/`)[index] ?? ['', '', {}];

    expect([what, Buffer.from(await read(href, maps)).toString()]).toEqual([what, 'meta']);
  },
);
