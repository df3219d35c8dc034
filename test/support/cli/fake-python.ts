import { chmodSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with programs that stand for Python and uv: they only make the files that commands look for. */
export interface FakeProject {
  readonly folder: string;
  /** The calls so far, one per line. */
  readonly log: string;
  readonly bin: string;
}

/** Makes `<last argument>/bin/python`, as `uv venv` and `python -m venv` do. */
const VENV = `for last; do :; done
mkdir -p "$last/bin"
printf '#!/bin/sh\\necho "python-in-venv $*" >> "$LOG"\\nexit \${PIP_CODE:-0}\\n' > "$last/bin/python"
chmod +x "$last/bin/python"`;

const PYTHON = `#!/bin/sh
if [ "$1" = -c ]; then exit 0; fi
echo "python $*" >> "$LOG"
${VENV}
`;

const UV = `#!/bin/sh
echo "uv $*" >> "$LOG"
if [ "$1" = venv ]; then
${VENV}
else
  if [ -n "$UV_FAILS" ]; then echo "error: $UV_FAILS" >&2; exit 1; fi
fi
`;

/** Makes a project with the pipeline `waves`, whose lock has this text. */
export function fakeProject(lock: string): FakeProject {
  const folder = mkdtempSync(join(tmpdir(), 'python-'));
  const bin = join(folder, 'programs');
  mkdirSync(bin);
  for (const name of ['sh', 'mkdir', 'chmod']) symlinkSync(toolOf(name), join(bin, name));
  mkdirSync(join(folder, 'pipelines/waves'), { recursive: true });
  writeFileSync(join(folder, 'pipelines/waves/requirements.txt'), lock);
  return { folder, log: join(folder, 'log'), bin };
}

function toolOf(name: string): string {
  return existsSync(`/bin/${name}`) ? `/bin/${name}` : `/usr/bin/${name}`;
}

/** Adds programs to the project. */
export function addPrograms(
  { bin }: FakeProject,
  programs: readonly ('python3.11' | 'python3.12' | 'uv')[],
): void {
  for (const name of programs) {
    writeFileSync(join(bin, name), name === 'uv' ? UV : PYTHON);
    chmodSync(join(bin, name), 0o755);
  }
}
