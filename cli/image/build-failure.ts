import type { PipelineImage } from '../../modules/image/image.js';

interface FailedBuild {
  readonly id: string;
  readonly builder: string;
  readonly image: Pick<PipelineImage, 'architecture' | 'bases'>;
  /** Everything that the builder printed. */
  readonly lines: readonly string[];
}

/** Turns what a builder printed into a sentence that says what to do. */
type Rule = (text: string, build: FailedBuild) => string | undefined;

/** Returns why an image could not be built, in one sentence. */
export function whyNotBuilt(build: FailedBuild): string {
  const lines = build.lines.map(plain);
  const text = lines.join('\n');
  for (const rule of RULES) {
    const sentence = rule(text, build);
    if (sentence !== undefined) return sentence;
  }
  const { id, builder } = build;
  const last = lines.findLast((line) => line !== '' && !NOISE.test(line)) ?? 'it gave no reason';
  return `the image of ${id} cannot be built with ${builder}: ${cut(last)} (DEBUG=1 shows all that it printed)`;
}

/** A line without the number of its step, and the time since its start that buildx adds. */
function plain(line: string): string {
  return line.replace(/^#\d+ (?:\d+\.\d+ )?|^(?:\[\d+\/\d+\] )?STEP \d+\/\d+: /, '').trim();
}

/** Lines that only repeat that something failed, or where. */
const NOISE = /^(?:See '|time=|-+$|>|\d+ \||subprocess exited|Error: building at STEP|Dockerfile:)/;
const MAX_LINE = 240;

function cut(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}...` : line;
}

const noSpace: Rule = (text, { builder }) =>
  /no space left on device/i.test(text)
    ? `the disk of ${builder} is full: remove images that are not needed (${builder} image prune), and try again`
    : undefined;

const noWheel: Rule = (text, { id, image: { architecture } }) => {
  const [, name, what] =
    /([\w.-]+)(?:[<>=!~]=?\S*)? has no (?:usable wheels|wheels with a matching (.*?) tag)/.exec(
      text,
    ) ?? [];
  if (name === undefined) return undefined;
  const lock = `allow another version in pipelines/${id}/requirements.in and lock again`;
  if (what?.startsWith('Python') === true) {
    return `${name} has no wheel for the Python of the base image: ${lock}, or set PYTHON_IMAGE to an image with another Python`;
  }
  const python = what === undefined ? ' and the Python of the base image' : '';
  const other = architecture === 'arm64' ? ', or set architecture: x86_64 in config.yaml' : '';
  return `${name} has no wheel for Linux on ${architecture}${python}: ${lock}${other}`;
};

const wrongHash: Rule = (text, { id }) => {
  const [, name] = /Hash mismatch for [`'"]?([\w.=-]+)/i.exec(text) ?? [];
  return name === undefined
    ? undefined
    : `the package index has other files for ${name} than pipelines/${id}/requirements.txt: find out why before you lock them with npm run lock -- ${id} --upgrade`;
};

const noVersion: Rule = (text, { id }) => {
  const [, name] = /there is no version of ([\w.=-]+)/.exec(text) ?? [];
  return name === undefined
    ? undefined
    : `the package index has no ${name}, which pipelines/${id}/requirements.txt names: run npm run lock -- ${id}, or set UV_DEFAULT_INDEX to the index of the lock`;
};

const NOT_TRUSTED = /CERTIFICATE_VERIFY_FAILED|invalid peer certificate|UnknownIssuer/;
const NO_INDEX =
  /Failed to fetch: \S+|Could not fetch URL|No matching distribution found for uv\b|client error \(Connect\)/;

const noIndex: Rule = (text) => {
  const isTrusted = !NOT_TRUSTED.test(text);
  const [what] = NO_INDEX.exec(text) ?? [];
  if (isTrusted && what === undefined) return undefined;
  return (
    `the package index cannot be reached from the build (${isTrusted ? (what ?? '') : 'its certificate is not trusted'}): ` +
    'set UV_DEFAULT_INDEX and PIP_INDEX_URL to one that can be reached, or pass a proxy or certificates in IMAGE_BUILD_OPTIONS'
  );
};

const wrongImage: Rule = (text, { image: { architecture, bases } }) => {
  const [, name] = /^the image of (node|python) is not for/m.exec(text) ?? [];
  if (name === undefined) return undefined;
  const [variable, reference] =
    name === 'node' ? ['NODE_IMAGE', bases.node] : ['PYTHON_IMAGE', bases.python];
  return `${reference} is not an image for ${architecture}: set ${variable} to one that is, or to an index of images`;
};

const otherProcessor: Rule = (text, { id, image: { architecture } }) =>
  /exec format error/i.test(text)
    ? `apt.txt and Dockerfile of ${id} run programs for ${architecture}, which this machine cannot: build on a machine with ` +
      'this processor, install its emulation (binfmt), or set architecture in config.yaml'
    : undefined;

/** apt goes on without the lists of packages, and then does not find the packages. */
const noDebian: Rule = (text) => {
  const [, address] = /^[WE]: Failed to fetch (\S+)/m.exec(text) ?? [];
  return address === undefined
    ? undefined
    : `Debian's packages cannot be reached from the build (${address}): pass a proxy in IMAGE_BUILD_OPTIONS, or set ` +
        'PYTHON_IMAGE to an image that has other sources';
};

const noSystemPackage: Rule = (text, { id }) => {
  const [, name] =
    /Unable to locate package (\S+)|Version '\S+' for '(\S+)' was not found|Package '?(\S+?)'? has no installation candidate/
      .exec(text)
      ?.filter(Boolean) ?? [];
  return name === undefined
    ? undefined
    : `pipelines/${id}/apt.txt names ${name}, which Debian does not have: correct its name or version`;
};

const noCompile: Rule = (text, { id }) => {
  const [, file, line, reason] =
    /File "\/var\/task\/pipeline\/([^"]+)", line (\d+)(?:.*\n)*?((?:\w*Error): .*)/.exec(text) ??
    [];
  return file === undefined
    ? undefined
    : `pipelines/${id}/${file}:${line ?? ''} is not valid Python: ${reason ?? ''}`;
};

const noInstruction: Rule = (text, { id }) => {
  const [, name] = /unknown instruction: "?(\w+)/i.exec(text) ?? [];
  return name === undefined
    ? undefined
    : `${name} in pipelines/${id}/Dockerfile is not an instruction`;
};

const NO_BASE =
  /failed to resolve source metadata|initializing source docker:|pinging container registry|manifest unknown|pull access denied|unauthorized|toomanyrequests|short-name|image not known|failed to do request|name unknown/i;

const noBase: Rule = (text, { image: { bases } }) => {
  const line = text.split('\n').findLast((one) => NO_BASE.test(one));
  if (line === undefined) return undefined;
  const isNode = line.includes(pathOf(bases.node)) && !line.includes(pathOf(bases.python));
  const [variable, reference] = isNode
    ? ['NODE_IMAGE', bases.node]
    : ['PYTHON_IMAGE', bases.python];
  const reason = line.split(': ').at(-1) ?? '';
  return `the base image ${reference} cannot be read (${cut(reason)}): set ${variable} to the same image in a registry that can be reached`;
};

/** The name of an image without its registry, tag and digest. */
function pathOf(reference: string): string {
  return reference
    .replace(/[@:][^/]*$/, '')
    .replace(/:[^/]*$/, '')
    .replace(/^[^/]*[.:][^/]*\/|^localhost\//, '');
}

const RULES = [
  noSpace,
  noWheel,
  wrongHash,
  noVersion,
  noIndex,
  wrongImage,
  otherProcessor,
  noDebian,
  noSystemPackage,
  noCompile,
  noInstruction,
  noBase,
];
