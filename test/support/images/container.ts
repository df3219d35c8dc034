import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RuntimeApiServer } from '../runtime-api/server.js';
import type { UnpackedImage } from './unpack.js';

interface ContainerOptions {
  /** Variables of the function, as a deployment sets them. */
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the entrypoint and the command of the image. */
  readonly run?: readonly string[];
  readonly memoryMb?: number;
}

/**
 * A root that is read only, a /tmp of its own, and the user of the image: what a function has in Lambda. The shell stays
 * the first process, because one that changes its user does not end with the process that started it.
 */
const SCRIPT = `set -e
root=$1 user=$2; shift 2
mount --bind "$root" "$root"
mount -t tmpfs -o size=512m,mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,ro,bind "$root"
chroot --userspec="$user" "$root" /usr/bin/env -i "$@"
exit $?`;

/** Runs an unpacked image as Lambda does, with a stand-in for the Runtime API. Only root can. */
export async function startContainer(
  { root, user, env: own, entrypoint, command }: UnpackedImage,
  { env = {}, run = [...entrypoint, ...command], memoryMb = 1024 }: ContainerOptions = {},
) {
  for (const folder of ['tmp', 'proc', 'dev']) mkdirSync(join(root, folder), { recursive: true });
  const api = await RuntimeApiServer.start();
  const variables = Object.entries({
    AWS_LAMBDA_RUNTIME_API: api.host,
    AWS_LAMBDA_FUNCTION_NAME: 'demo',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    ...env,
  }).map(([name, value]) => `${name}=${value}`);
  const inside = ['sh', '-c', SCRIPT, 'sh', root, user, ...own, ...variables, ...run];
  const child = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', ...inside], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const output = (): string => Buffer.concat(chunks).toString();
  const ended = once(child, 'close').then(([code]) => {
    api.giveUp(`the container ended with the code ${String(code)}: ${output()}`);
    return code as number | null;
  });
  return {
    api,
    /** What the container wrote to stdout and stderr. */
    output,
    /** Resolves to the exit code. */
    ended,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      await api.close();
    },
  };
}
