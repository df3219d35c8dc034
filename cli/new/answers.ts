/** The answers by name, as texts: what was given as options, asked for, or taken by default. */
export type Answers = Readonly<Partial<Record<QuestionName, string | undefined>>>;

export const QUESTION_NAMES = [
  'messages',
  'message',
  'key',
  'granuleId',
  'day',
  'python',
  'requirement',
  'sample',
  'footprint',
  'tile',
  'metadata',
  'pattern',
  'bucket',
  'region',
  'requesterPays',
  'topic',
  'inventory',
  'inventoryLocation',
  'collectionId',
  'title',
  'license',
  'start',
] as const;

export type QuestionName = (typeof QUESTION_NAMES)[number];

/** One thing that the command wants to know. */
export interface Question {
  readonly name: QuestionName;
  /** As typed on the command line, such as `--key <key>`. */
  readonly flag: string;
  readonly says: string;
  /** What is asked on a terminal. */
  readonly asks: string;
  /** Why the answer has no effect with the answers so far; undefined if it has one. */
  readonly useless?: (answers: Answers, id: string) => string | undefined;
  /** The answer if none is given. Undefined makes an answer necessary. */
  readonly default?: (answers: Answers, id: string) => string | undefined;
  /** Whether a default is an example rather than a guess from other answers. */
  readonly isMadeUp?: (answers: Answers) => boolean;
  /** Whether the answer follows from others, so that it is not missing without a terminal. */
  readonly isDerived?: true;
  /** Returns the answer in its normal form. Throws FieldError. */
  readonly parse: (value: string, answers: Answers) => string;
}
