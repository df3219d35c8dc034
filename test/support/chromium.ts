import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The program, or undefined where it is not installed. CHROME_BIN takes precedence. */
export const CHROMIUM = [
  process.env['CHROME_BIN'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== '' && existsSync(path));

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
];

interface Reply {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export interface Tab {
  /** Opens a page and waits until its scripts ran and it was drawn. */
  open(url: string): Promise<void>;
  /** Evaluates an expression in the page; waits for a promise. */
  evaluate<T>(expression: string): Promise<T>;
  /** Clicks at a point, in pixels from the top left. */
  click(x: number, y: number): Promise<void>;
  /** Returns a PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

/** Starts Chromium with a window of 1200 x 800 pixels, and speaks the DevTools protocol with it through pipes. */
export async function openChromium(): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const args = [...FLAGS, '--window-size=1200,800', `--user-data-dir=${profile}`, 'data:,'];
  const child = spawn(CHROMIUM ?? '', args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const send = sender(input, output);
  const { targetInfos } = (await send('Target.getTargets')) as {
    targetInfos: { type: string; targetId: string }[];
  };
  const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId;
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const call = (method: string, params = {}) => send(method, params, String(sessionId));
  const evaluate = async <T>(expression: string): Promise<T> => {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await call('Runtime.evaluate', options);
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  };
  return {
    open: async (url) => {
      await call('Page.navigate', { url: 'data:,' });
      await call('Page.navigate', { url });
      await evaluate(LOADED);
    },
    evaluate,
    click: async (x, y) => {
      const point = { x, y, button: 'left', clickCount: 1 };
      await call('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
      for (const type of ['mousePressed', 'mouseReleased'])
        await call('Input.dispatchMouseEvent', Object.assign({ type }, point));
    },
    screenshot: async () =>
      Buffer.from(String((await call('Page.captureScreenshot'))['data']), 'base64'),
    close: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      await send('Browser.close').catch(() => undefined);
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Two frames after the load, everything that the scripts asked for was drawn. */
const LOADED = `new Promise((resolve) => {
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(resolve));
  if (document.readyState === 'complete') drawn();
  else addEventListener('load', drawn);
})`;

type Send = (
  method: string,
  params?: object,
  sessionId?: string,
) => Promise<Readonly<Record<string, unknown>>>;

/** Messages are JSON texts, each followed by a NUL. */
function sender(input: Writable, output: Readable): Send {
  const waiting = new Map<number, (reply: Reply) => void>();
  let rest = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const texts = (rest + chunk).split('\0');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      const reply = JSON.parse(text) as Reply;
      if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
    }
  });
  let last = 0;
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result ?? {});
      });
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
}
