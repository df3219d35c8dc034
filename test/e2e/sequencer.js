import { basename } from 'node:path';
import SequencerModule from '@jest/test-sequencer';

const Sequencer = SequencerModule.default ?? SequencerModule;

/** The first file deploys the stacks, and the last one destroys them. */
const [FIRST, LAST] = ['deploy', 'destroy'];

export default class InOrder extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const name = basename(path, '.e2e.test.ts');
      return name === FIRST ? 0 : name === LAST ? 2 : 1;
    };
    return [...tests].sort(
      (one, other) => place(one) - place(other) || one.path.localeCompare(other.path),
    );
  }
}
