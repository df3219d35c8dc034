import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { failureOf } from '../../../lambdas/runtime/errors.js';
import { PythonWorker, type WorkerSettings } from '../../../lambdas/python/worker.js';
import { PYTHON } from '../../support/python.js';

/** What a package may do, by the name of the granule. */
const FAULTY = `
import os, sys, time, ctypes
from stac_pipelines import GranuleError

class Odd(ValueError):
    pass

def item(name="x", **properties):
    return {"type": "Feature", "stac_version": "1.1.0", "id": name, "geometry": None, "bbox": None,
            "properties": {"datetime": "2024-01-01T00:00:00Z", **properties}, "links": [], "assets": {}}

class Collected:
    def to_dict(self):
        return {"type": "FeatureCollection", "features": [item("a"), item("b"), item("c")]}

kept = []

def create_item(href, **arguments):
    if href.startswith("ok"): return item(href, **arguments)
    if href == "prints":
        print('{"id":1,"items":[]}')
        os.write(1, b"raw to 1\\n")
        os.write(2, b"raw to 2\\n")
        os.system("echo from a program")
        return item()
    if href == "exit": os._exit(3)
    if href == "sysexit": sys.exit("the package called sys.exit")
    if href == "segv": ctypes.string_at(0)
    if href == "abort": os.abort()
    if href == "hang": time.sleep(1000)
    if href == "spin":
        while True: pass
    if href == "spin in C": sum(range(10**12))
    if href == "memory": return item(size=len(bytearray(900 * 2**20)))
    if href == "leak":
        kept.append(bytearray(60 * 2**20))
        return item(str(os.getpid()))
    if href == "granule": raise GranuleError("the granule says 2024-13-40")
    if href == "odd": raise Odd("odd")
    if href == "value": raise ValueError("not listed")
    if href == "key": return {}["missing"]
    if href == "missing": open("/nonexistent/file")
    if href == "nan": return item(x=float("nan"))
    if href == "object": return item(x=object())
    if href == "text": return "an Item"
    if href == "list": return [item("a"), item("b")]
    if href == "generator": return (item(name) for name in "ab")
    if href == "collection": return Collected()
    if href == "pid": return item(str(os.getpid()))
    if href == "none": return None
    if href == "stdin": return item(repr(sys.stdin.read()))
    if href == "environment": return item(names=sorted(os.environ))
    if href == "big": return item(pad="x" * 10_000_000)
    if href == "daemon":
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        os._exit(4)
    if href == "program": os.system("sleep 1000")
    raise AssertionError(href)
`;

interface Printed {
  readonly line: string;
  readonly stream: string;
  readonly href: string | undefined;
}

const describeWithPython = PYTHON === undefined ? describe.skip : describe;

describeWithPython('the Python worker (skipped without Python 3.11)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'python-worker-'));
  const file = join(folder, 'create_item.py');
  writeFileSync(file, FAULTY);
  const printed: Printed[] = [];
  const worker = workerOf({});
  const made = (href: string, options: { readonly signal?: AbortSignal } = {}) =>
    worker.make({ href }, { subject: href, ...options });
  const failure = async (making: Promise<unknown>) => {
    const thrown: unknown = await making.then(
      (items) => new Error(`no error, but ${JSON.stringify(items)}`),
      (error: unknown) => error,
    );
    const { kind, name, message } = failureOf(thrown);
    return { kind, name, message };
  };
  const one = (id: string) => [expect.objectContaining({ id })];

  function workerOf(settings: Partial<WorkerSettings>): PythonWorker {
    return new PythonWorker(
      {
        executable: PYTHON ?? '',
        script: 'lambdas/python/worker.py',
        function: file,
        permanentErrors: ['Odd', 'IndexError'],
        environment: { PATH: process.env['PATH'] ?? '' },
        granuleSeconds: 1.5,
        memoryMb: 600,
        maxRssMb: 200,
        ...settings,
      },
      (line, { stream, href }) => printed.push({ line, stream, href }),
    );
  }

  beforeAll(() => {
    worker.start();
  });
  afterAll(() => {
    worker.stop();
  });

  test.each([
    [
      'granule',
      'permanent',
      {
        name: 'GranuleError',
        message: /^granule: GranuleError: the granule says 2024-13-40 \(create_item\.py:\d+\)$/,
      },
    ],
    [
      'missing',
      'permanent',
      {
        name: 'FileNotFoundError',
        message: /No such file or directory: '\/nonexistent\/file' \(create_item\.py:\d+\)$/,
      },
    ],
    ['odd', 'permanent', { name: 'Odd', message: /^odd: Odd: odd \(create_item\.py:\d+\)$/ }],
    ['value', 'transient', { name: 'ValueError', message: /^value: ValueError: not listed/ }],
    ['key', 'transient', { name: 'KeyError', message: /^key: KeyError: 'missing'/ }],
    ['sysexit', 'transient', { name: 'SystemExit', message: /the package called sys\.exit/ }],
    [
      'memory',
      'transient',
      { name: 'MemoryError', message: /^memory: MemoryError \(create_item\.py:\d+\)$/ },
    ],
    [
      'nan',
      'permanent',
      {
        name: 'ValueError',
        message: /^nan: ValueError: the Item cannot be written as JSON: Out of range float values/,
      },
    ],
    [
      'object',
      'permanent',
      {
        name: 'TypeError',
        message: /^object: TypeError: the Item cannot be written as JSON: Object of type object/,
      },
    ],
    ['text', 'transient', { name: 'TypeError', message: /create_item returned str, not an Item/ }],
    [
      'exit',
      'transient',
      { name: 'PythonWorker', message: /^exit: the Python worker ended \(exit code 3\)$/ },
    ],
    [
      'segv',
      'transient',
      {
        name: 'PythonWorker',
        message:
          /^segv: the Python worker ended \(SIGSEGV\): Fatal Python error: Segmentation fault$/,
      },
    ],
    [
      'abort',
      'transient',
      {
        name: 'PythonWorker',
        message: /^abort: the Python worker ended \(SIGABRT\): Fatal Python error: Aborted$/,
      },
    ],
    [
      'daemon',
      'transient',
      { name: 'PythonWorker', message: /^daemon: the Python worker ended \(exit code 4\)/ },
    ],
    [
      'hang',
      'transient',
      {
        name: 'PythonWorker',
        message:
          /^hang: no Item was made within granule_seconds \(1\.5 s\), so the Python worker was killed$/,
      },
    ],
    [
      'spin',
      'transient',
      { name: 'PythonWorker', message: /^spin: no Item was made within granule_seconds/ },
    ],
    [
      'spin in C',
      'transient',
      { name: 'PythonWorker', message: /^spin in C: no Item was made within granule_seconds/ },
    ],
    [
      'program',
      'transient',
      { name: 'PythonWorker', message: /^program: no Item was made within granule_seconds/ },
    ],
  ] as const)(
    '%s fails as %s, and the next granule is made',
    async (href, kind, { name, message }) => {
      const [failed, next] = await Promise.all([failure(made(href)), made('ok')]);

      expect(failed).toEqual({ kind, name, message: expect.stringMatching(message) });
      expect(next).toEqual(one('ok'));
    },
  );

  test.each([
    ['none', []],
    ['list', ['a', 'b']],
    ['generator', ['a', 'b']],
    ['collection', ['a', 'b', 'c']],
    ['stdin', ["''"]],
    ['big', ['x']],
  ])('%s gives the Items %j', async (href, ids) => {
    const items = (await made(href)) as { id: string }[];

    expect(items.map(({ id }) => id)).toEqual(ids);
  });

  test('arguments are passed by name', async () => {
    const items = await worker.make({ href: 'ok', arguments: { depth: 3 } }, { subject: 'ok' });

    expect(items).toEqual([
      expect.objectContaining({ properties: expect.objectContaining({ depth: 3 }) }),
    ]);
  });

  test('what is printed is logged with its granule and never taken for an answer', async () => {
    printed.length = 0;
    const [, items] = await Promise.all([made('ok'), made('prints'), made('ok')]);

    expect(items).toEqual(one('x'));
    const lines = printed.map(({ line, stream, href }) => `${href}, ${stream}: ${line}`);
    expect(lines.sort()).toEqual([
      'prints, stderr: raw to 2',
      'prints, stdout: from a program',
      'prints, stdout: raw to 1',
      'prints, stdout: {"id":1,"items":[]}',
    ]);
  });

  test('only the given environment reaches the function', async () => {
    const [item] = await made('environment');

    expect(item).toMatchObject({
      properties: { names: expect.not.arrayContaining(['WORKER', 'HOME']) },
    });
  });

  test('a granule that is given up ends the worker, and one that waits is not started', async () => {
    await made('ok');
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const both = [made('hang', { signal }), made('ok 1', { signal })].map(failure);
    const other = made('ok 2');
    setTimeout(() => {
      giveUp.abort();
    }, 200);

    expect(await Promise.all(both)).toEqual([
      {
        kind: 'transient',
        name: 'PythonWorker',
        message: 'hang: the time of the invocation ran out, so the Python worker was killed',
      },
      {
        kind: 'transient',
        name: 'PythonWorker',
        message:
          'ok 1: was not started, because Python worked on other granules until the time ran out',
      },
    ]);
    expect(await other).toEqual(one('ok 2'));
  });

  test('a worker that leaks is replaced before it has used up the memory', async () => {
    const processes = new Set<string>();
    for (let count = 0; count < 12; count += 1) {
      const [item] = (await made('leak')) as [{ id: string }];
      processes.add(item.id);
    }

    expect(processes.size).toBeGreaterThan(1);
  });

  test.each([
    [
      { executable: '/nonexistent/python3' },
      /^Python cannot be started as \/nonexistent\/python3: there is no such program$/,
    ],
    [
      { function: 'no_such_package:create_item' },
      /^the Python function cannot be imported: ModuleNotFoundError: No module named 'no_such_package' \(worker\.py:\d+\)$/,
    ],
    [
      { function: 'json:create_item' },
      /AttributeError: json:create_item has no function create_item/,
    ],
    [{ function: '/nonexistent/other.py' }, /FileNotFoundError: .*other\.py/],
  ])('a worker with %j fails with what is wrong', async (settings, message) => {
    const broken = workerOf(settings);

    expect(await failure(broken.make({ href: 'ok' }, { subject: 'ok' }))).toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(message),
    });
  });

  test('a worker that waits does not keep the process alive, nor does it outlive it', async () => {
    const script = `
      import { PythonWorker } from './lambdas/python/worker.ts';
      const worker = new PythonWorker(${JSON.stringify({ executable: PYTHON, script: 'lambdas/python/worker.py', function: file, permanentErrors: [], environment: {}, granuleSeconds: 9 })}, () => {});
      const [item] = await worker.make({ href: 'pid' }, { subject: 'pid' });
      console.log(item.id);
    `;
    const { stdout, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { encoding: 'utf8', timeout: 20_000 },
    );

    expect({ stdout, status }).toEqual({ stdout: expect.stringMatching(/^\d+\n$/), status: 0 });
    await expect(ended(Number(stdout))).resolves.toBe(true);
  });
});

/** Whether a process ends within some seconds. */
async function ended(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
