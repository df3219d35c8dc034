import { createInterface } from 'node:readline/promises';
import { FieldError } from '../../modules/config/values/error.js';
import { CommandError, UsageError } from '../shared/command.js';
import type { ConfirmStreams } from '../shared/terminal.js';
import type { Answers, Question } from './answers.js';
import { QUESTIONS } from './questions.js';

export interface Asking {
  readonly id: string;
  readonly given: Answers;
  /** Whether missing answers are defaults, without a question. */
  readonly isYes: boolean;
  readonly streams: ConfirmStreams;
  /** @default QUESTIONS */
  readonly questions?: readonly Question[];
}

export interface Answered {
  readonly answers: Answers;
  /** The questions whose answers are examples that the author has to replace. */
  readonly madeUp: readonly Question[];
}

/**
 * Returns all answers: those given as options, then those of the person at the terminal, or defaults with --yes. Throws
 * UsageError for an answer that cannot be, and, without a terminal, for the options that are missing.
 */
export async function askQuestions({
  id,
  given,
  isYes,
  streams,
  questions = QUESTIONS,
}: Asking): Promise<Answered> {
  const isTerminal = streams.input.isTTY === true && !isYes;
  const ask = isTerminal ? prompter(streams) : undefined;
  const madeUp: Question[] = [];
  const missing: Question[] = [];
  // Answers to later questions may decide the default of an earlier one, until its own turn comes.
  let answers: Answers = given;
  try {
    for (const question of questions) {
      const useless = question.useless?.(answers, id);
      const value = given[question.name];
      if (useless !== undefined) {
        if (value !== undefined && value !== 'none')
          throw new UsageError(`${optionOf(question)} has no effect with ${useless}`);
        answers = { ...answers, [question.name]: undefined };
        continue;
      }
      const isGiven = value !== undefined || isKnown(question, answers);
      if (!isGiven && !isTerminal) missing.push(question);
      const answer = await answerTo(question, { answers, id, value, ask, isYes });
      if (answer === undefined) break;
      if (value === undefined && !isTerminal && question.isMadeUp?.(answers) === true)
        madeUp.push(question);
      answers = { ...answers, [question.name]: answer };
    }
  } finally {
    ask?.close();
  }
  if (missing.length > 0 && !isYes && !isTerminal) throw missingAnswers(missing);
  return { answers, madeUp };
}

/** Whether the answer follows from those before it. */
function isKnown({ isDerived, isMadeUp }: Question, answers: Answers): boolean {
  return isDerived === true || isMadeUp?.(answers) === false;
}

function missingAnswers(missing: readonly Question[]): UsageError {
  return new UsageError(
    `there is no terminal to ask at: pass ${missing.map(({ flag }) => flag).join(', ')}, or --yes to take defaults for them`,
  );
}

export function optionOf({ flag }: Pick<Question, 'flag'>): string {
  return flag.split(' ')[0] ?? flag;
}

interface Turn {
  readonly answers: Answers;
  readonly id: string;
  readonly value: string | undefined;
  readonly ask: Prompter | undefined;
  readonly isYes: boolean;
}

/** Resolves to undefined if there is no answer, which the caller reports with other missing ones. */
async function answerTo(question: Question, turn: Turn): Promise<string | undefined> {
  const { answers, value, ask, isYes } = turn;
  if (value !== undefined) return parsed(question, value, answers);
  const usual = defaultOf(question, turn);
  if (ask === undefined) {
    if (usual !== undefined) return parsed(question, usual, answers);
    if (!isYes) return undefined;
    throw new UsageError(`missing option ${question.flag}: ${question.says}`);
  }
  for (;;) {
    const typed = (await ask.question(promptOf(question, usual))).trim();
    try {
      return question.parse(typed === '' ? (usual ?? '') : typed, answers);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      ask.say(`  That ${error.message}.`);
    }
  }
}

/** A default that does not follow from the answers so far is asked for on a terminal, with the reason. */
function defaultOf(question: Question, { answers, id, ask }: Turn): string | undefined {
  try {
    return question.default?.(answers, id);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    if (ask === undefined) throw new UsageError(`${optionOf(question)}: ${error.message}`);
    ask.say(`  ${error.message}`);
    return undefined;
  }
}

function parsed(question: Question, value: string, answers: Answers): string {
  try {
    return question.parse(value, answers);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new UsageError(`${optionOf(question)} ${error.message} (given ${JSON.stringify(value)})`);
  }
}

function promptOf({ asks }: Question, usual: string | undefined): string {
  return usual === undefined ? `${asks} ` : `${asks} [${usual}] `;
}

interface Prompter {
  readonly question: (text: string) => Promise<string>;
  readonly say: (text: string) => void;
  readonly close: () => void;
}

/** Asks on stderr. Ctrl-C and the end of the input reject, because nothing was written yet. */
function prompter({ input, output }: ConfirmStreams): Prompter {
  const lines = createInterface({ input, output });
  let isOpen = true;
  return {
    question: (text) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          output.write('\n');
          reject(new CommandError('interrupted: nothing was written'));
        };
        if (!isOpen) stop();
        lines.once('close', stop);
        lines.question(text).then((line) => {
          lines.off('close', stop);
          resolve(line);
        }, reject);
      }),
    say: (text) => {
      output.write(`${text}\n`);
    },
    close: () => {
      isOpen = false;
      lines.close();
    },
  };
}
