import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** One frame of a spinner, which says what is in progress. */
const FRAME = /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;
/** cdktf writes the class of an error in front of its message. */
const CLASS = /^Error: (?=(?:Usage|External|Internal) Error: |terraform \w+ failed )/;
/** Both end so if Terraform cannot be initialized; cdktn says it three times, with traces of itself. */
const FAILED = /^terraform \w+ failed with exit code \d+$/;
const OWN_TRACE = /^ +at .*\/cdkt[fn]-cli\/bundle\//;
/** A line of such a trace that is in Node. */
const TRACE_IN_NODE = /^ +at .*\(node:/;
const CRASH = /^Collecting Debug Information\.\.\.$/;
/** What Node writes around the error that ends a CLI. */
const CRASHED = /^(?:node:internal\/|Node\.js v\d| +triggerUncaughtException\(| +\^$)/;
/** The time in front of a line of the log. */
const TIME = /^\[\d{4}-\d\d-\d\dT[\d:.]+\] (?=\[[A-Z]+\] default - )/;
/** A symbol of a plan, whose indentation cdktn removes at the start of an output. */
const LEGEND = /^ *((?:\+|-|~|-\/\+|\+\/-|<=) (?:create|destroy|update in-place|read)\b.*)$/;
/** The progress of several stacks, which cdktf repeats. */
const PROGRESS = /^\d+ Stacks? (?:deploying|destroying)\b/;

export interface TextOptions {
  /** The stacks whose output may be in the text. */
  readonly stacks: readonly string[];
  /** Whether to write the name of its stack before each line, because there are several. */
  readonly named: boolean;
  /** Whether the lines without a name have as many spaces in its place, as those of cdktf have. */
  readonly indented: boolean;
}

/** Turns the output of a CLI into the lines that both CLIs have in common. */
export class CdktfText {
  readonly #decoder = new StringDecoder('utf8');
  readonly #options: TextOptions;
  #rest = '';
  #stack = '';
  #isFirst = true;
  #isInTrace = false;
  #hasCrashed = false;
  #failure = '';

  constructor(options: TextOptions) {
    this.#options = options;
  }

  /** Returns the text of the lines that end in `chunk`. */
  write(chunk: Buffer): string {
    const lines = `${this.#rest}${this.#decoder.write(chunk)}`.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.map((line) => this.#line(line)).join('');
  }

  /** Returns the text of a last line without an end. */
  end(): string {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    return last === '' ? '' : this.#line(last);
  }

  /** Returns the line with its end; '' for a line that is left out. */
  #line(given: string): string {
    const bare = stripVTControlCharacters(given).replace(/\r/g, '');
    if (FRAME.test(bare) || PROGRESS.test(bare)) return '';
    const line = this.#withoutColumn(bare)
      .replace(TIME, '')
      .replace(CLASS, '')
      .replace(LEGEND, '  $1')
      .trimEnd();
    // The CLIs differ in where they leave lines empty.
    if (line === '' || this.#isNoise(line)) return '';
    const gap = STARTS.test(line) && !this.#isFirst ? '\n' : '';
    this.#isFirst = false;
    const name = this.#options.named && this.#stack !== '' ? `${this.#stack}  ` : '';
    return `${gap}${name}${line}\n`;
  }

  /** Whether a line only says again, or where in the CLI, what an earlier one said. */
  #isNoise(line: string): boolean {
    this.#isInTrace = OWN_TRACE.test(line) || (this.#isInTrace && TRACE_IN_NODE.test(line));
    if (CRASH.test(line)) this.#hasCrashed = true;
    if (CRASH.test(line) || this.#isInTrace) return true;
    if (this.#hasCrashed && CRASHED.test(line)) return true;
    if (!FAILED.test(line)) return false;
    const isKnown = line === this.#failure;
    this.#failure = line;
    return isKnown;
  }

  /**
   * Removes the column with the name of the stack. It is before the first line of an output; before the others cdktf
   * writes as many spaces, and cdktn nothing.
   */
  #withoutColumn(line: string): string {
    const { stacks, indented } = this.#options;
    const name = stacks.find((stack) => line.startsWith(`${stack}  `) || line.trim() === stack);
    if (name !== undefined) this.#stack = name;
    const width = this.#stack === '' ? 0 : this.#stack.length + 2;
    const isColumn = indented && line.startsWith(' '.repeat(width));
    if (line.trim() === name) return '';
    return name !== undefined || isColumn ? line.slice(width) : line;
  }
}

/** Lines of Terraform that begin a part of a plan. */
const STARTS =
  /^(?: {2}# |Plan: |Changes to Outputs:|Apply complete!|Destroy complete!|Terraform )/;
