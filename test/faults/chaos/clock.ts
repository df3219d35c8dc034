import { syncBuiltinESMExports } from 'node:module';
import { performance } from 'node:perf_hooks';
import FakeTimers from '@sinonjs/fake-timers';
import { seededRandom } from '../../../local/http/faults.js';

/** Turns of the event loop without input or output after which the process counts as idle. */
const CALM_TURNS = 4;

export interface VirtualClock {
  /** Runs `work` to its end. Whenever the process only waits for a timer, its time has come. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Stands still during `work`, which another thread or process does. */
  standStill<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Replaces the clock, the timers and the random numbers of this process, so that an hour of waiting takes no time, and
 * a busy machine does not turn into time-outs. Only what the process itself does takes no time on this clock.
 */
export function virtualClock(seed: number): VirtualClock {
  const turn = setImmediate;
  let others = 0;
  Math.random = seededRandom(seed);
  const clock = FakeTimers.install({
    now: Date.now(),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  // Named imports of node:timers/promises would keep the real functions.
  syncBuiltinESMExports();
  return {
    standStill: (work) => {
      others += 1;
      return work().finally(() => {
        others -= 1;
      });
    },
    run: async (work) => {
      let isOver = false;
      const result = work().finally(() => {
        isOver = true;
      });
      const drive = async (): Promise<never> => {
        for (;;) {
          await idle(turn, () => others > 0);
          if (isOver) await result;
          if (clock.countTimers() === 0) throw new Error('nothing is left to wait for');
          clock.next();
        }
      };
      return Promise.race([result, drive()]);
    },
  };
}

/** Resolves once the process has nothing to do. Its services are in the same process, so nothing is on its way either. */
async function idle(turn: typeof setImmediate, isHeld: () => boolean): Promise<void> {
  let before = -1;
  for (let calm = 0; calm < CALM_TURNS;) {
    await new Promise<void>((resolve) => turn(resolve));
    const { events } = performance.nodeTiming.uvMetricsInfo;
    const isBusy = isHeld() || (calm === CALM_TURNS - 1 && isWorking());
    calm = events === before && !isBusy ? calm + 1 : 0;
    before = events;
  }
}

/** Whether an operation of the file system, a look-up or a connection is in progress. */
function isWorking(): boolean {
  return process.getActiveResourcesInfo().some((name) => /Req|ConnectWrap/.test(name));
}
