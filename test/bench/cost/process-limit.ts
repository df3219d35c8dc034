import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As in `cpu.cfs_period_us`: how often the process gets its share. */
const PERIOD_US = 20_000;
/** Ticks of /proc/<pid>/stat in a second; Linux shows this number of them to every program. */
const TICKS_PER_SECOND = 100;
const CHECK_MS = 2;

export interface LimitedProcess {
  /** fd 0 is a pipe to the process; fds 1 and 3 are pipes from it. Its stderr is that of this process. */
  readonly child: ChildProcess;
  /** How the share is enforced: by a control group, or by stopping the process whenever it has used its share. */
  readonly by: 'cgroup' | 'signals';
}

export interface LimitedCommand {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Share of one processor, from 0 to 1, for all threads of the process together. */
  readonly share: number;
  /** How to enforce the share. @default by a control group, if this user may create one */
  readonly by?: LimitedProcess['by'];
}

/** Starts a process that gets a share of one processor, from its first instruction on. Linux only. */
export function startLimited(limited: LimitedCommand): LimitedProcess {
  const group = limited.by === 'signals' ? undefined : tryCreateGroup(limited.share);
  return group === undefined ? startWithSignals(limited) : startInGroup(limited, group);
}

interface ControlGroup {
  readonly folder: string;
  readonly limitFile: string;
  readonly limit: string;
}

/** Returns the folder of a new control group; undefined if this user may not create one. */
function tryCreateGroup(share: number): string | undefined {
  const quota = Math.round(share * PERIOD_US);
  const name = `bench-${process.pid}-${Date.now()}`;
  const candidates: readonly ControlGroup[] = [
    { folder: `/sys/fs/cgroup/cpu/${name}`, limitFile: 'cpu.cfs_quota_us', limit: `${quota}` },
    { folder: `/sys/fs/cgroup/${name}`, limitFile: 'cpu.max', limit: `${quota} ${PERIOD_US}` },
  ];
  return candidates.find(isCreated)?.folder;
}

function isCreated({ folder, limitFile, limit }: ControlGroup): boolean {
  try {
    mkdirSync(folder);
  } catch {
    return false;
  }
  try {
    if (limitFile === 'cpu.cfs_quota_us') {
      writeFileSync(join(folder, 'cpu.cfs_period_us'), `${PERIOD_US}`);
    }
    writeFileSync(join(folder, limitFile), limit);
    return true;
  } catch {
    rmdirSync(folder);
    return false;
  }
}

/** The shell enters the group and then becomes the command. */
function startInGroup({ command, env }: LimitedCommand, group: string): LimitedProcess {
  const enter = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
  const child = start(['sh', '-c', enter, group, ...command], env);
  child.on('exit', () => {
    rmdirSync(group);
  });
  return { child, by: 'cgroup' };
}

/** Without permission for control groups: what the process has used beyond its share it waits for. */
function startWithSignals({ command, env, share }: LimitedCommand): LimitedProcess {
  const child = start(command, env);
  const { pid } = child;
  if (pid === undefined) return { child, by: 'signals' };
  let [allowed, checked, isStopped] = [0, performance.now(), false];
  const timer = setInterval(() => {
    const now = performance.now();
    const used = usedSeconds(pid);
    if (used === undefined) return;
    const atMost = used + (share * PERIOD_US) / 1e6;
    allowed = Math.min(allowed + (share * (now - checked)) / 1000, atMost);
    checked = now;
    if (used > allowed === isStopped) return;
    isStopped = !isStopped;
    child.kill(isStopped ? 'SIGSTOP' : 'SIGCONT');
  }, CHECK_MS);
  child.on('exit', () => {
    clearInterval(timer);
  });
  return { child, by: 'signals' };
}

/** Returns the processor time of a process; undefined if it has ended. */
function usedSeconds(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain spaces. utime and stime are fields 14 and 15, the name is field 2.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}

function start(
  [command = '', ...args]: readonly string[],
  env: LimitedCommand['env'],
): ChildProcess {
  return spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
}
