import type { Bbox } from '../../lambdas/stac/stac.js';
import { FieldError } from '../../modules/config/values/error.js';
import type { Answers, QuestionName } from './answers.js';
import { derivedPattern } from './derived-pattern.js';
import { parseDayPart, type DayPart } from './day-part.js';
import { parseGridPart, type GridPart } from './grid-part.js';
import { regexText, type PatternToken } from './key-pattern.js';
import { findMessageForm, type MessageForm } from './message-form.js';
import { parseMetadata, type MetadataFile } from './metadata-file.js';
import { bboxIn, keyOf } from './questions/parsers.js';

/** What makes the Items of a dataset, if it is a package in Python. */
export interface PythonPackage {
  readonly place: string;
  readonly requirement: string;
  /** Path of a granule on disk. */
  readonly sample: string | undefined;
}

/** Where the area of a granule comes from. */
export type Area =
  | { readonly kind: 'globe' }
  | { readonly kind: 'constant'; readonly bbox: Bbox }
  | { readonly kind: 'grid'; readonly part: GridPart }
  | { readonly kind: 'metadata'; readonly file: MetadataFile }
  /** The package in Python knows it. */
  | { readonly kind: 'package' };

/** A dataset, as the answers describe it. */
export interface Dataset {
  readonly id: string;
  readonly key: string;
  readonly granuleId: string;
  readonly day: DayPart | undefined;
  readonly area: Area;
  /** Regular expression of the keys. */
  readonly pattern: string;
  /** The pieces of the pattern, if it was derived. */
  readonly tokens: readonly PatternToken[] | undefined;
  readonly bucket: string;
  readonly region: string;
  readonly requesterPays: boolean;
  readonly topic: string | undefined;
  /** The form of the topic's messages, if they are not S3 events. */
  readonly message: MessageForm | undefined;
  readonly python: PythonPackage | undefined;
  readonly inventory: 'day' | 'once' | 'listing' | 'none';
  readonly inventoryLocation: string | undefined;
  readonly collectionId: string;
  readonly title: string;
  readonly license: string;
  /** YYYY-MM-DD */
  readonly start: string;
}

/** Returns the dataset of answers that askQuestions accepted. Throws FieldError if they do not fit together. */
export function datasetOf(id: string, answers: Answers): Dataset {
  const text = (name: QuestionName): string => answers[name] ?? '';
  const [key, granuleId] = [keyOf(answers.key), text('granuleId')];
  const derived = tryDerived(answers);
  const pattern = text('pattern');
  return {
    id,
    key,
    granuleId,
    day: answers.day === 'none' ? undefined : parseDayPart(text('day')),
    area: areaOf(answers),
    pattern,
    tokens: derived !== undefined && regexText(derived) === pattern ? derived : undefined,
    bucket: text('bucket'),
    region: text('region'),
    requesterPays: answers.requesterPays === 'yes',
    topic: answers.topic,
    message:
      answers.message === undefined
        ? undefined
        : findMessageForm(answers.message, { key, id: granuleId }),
    python: pythonOf(answers),
    inventory: answers.inventory as Dataset['inventory'],
    inventoryLocation: answers.inventoryLocation,
    collectionId: text('collectionId'),
    title: text('title'),
    license: text('license'),
    start: text('start'),
  };
}

/** With a pattern of the author's own, the parts of the key need not give one. */
function tryDerived(answers: Answers): readonly PatternToken[] | undefined {
  try {
    return derivedPattern(answers);
  } catch (error) {
    if (error instanceof FieldError) return undefined;
    throw error;
  }
}

function areaOf({ footprint = '', tile, metadata, key, granuleId = '' }: Answers): Area {
  if (footprint === 'globe') return { kind: 'globe' };
  if (tile !== undefined) return { kind: 'grid', part: parseGridPart(tile) };
  if (metadata !== undefined)
    return { kind: 'metadata', file: parseMetadata(metadata, { key: keyOf(key), id: granuleId }) };
  return footprint.includes(',')
    ? { kind: 'constant', bbox: bboxIn(footprint) }
    : { kind: 'package' };
}

function pythonOf({ python = 'none', requirement = '', sample }: Answers) {
  if (python === 'none') return undefined;
  return { place: python, requirement, sample: sample === 'none' ? undefined : sample };
}
