import { expect, test } from '@jest/globals';
import { failedEntries } from '../../../lambdas/queue/batch-answer.js';

const ENTRIES = [{ Id: '0' }, { Id: '1' }];
const leftOut = (Id: string) => ({
  Id,
  SenderFault: false,
  Code: 'NoAnswer',
  Message: "the queue's answer leaves it out",
});

test.each<[string, Parameters<typeof failedEntries>[1], ReturnType<typeof failedEntries>]>([
  ['that takes all', { Successful: ENTRIES }, []],
  [
    'that takes one and fails one',
    { Successful: [{ Id: '1' }], Failed: [{ Id: '0', Code: 'InternalError' }] },
    [{ Id: '0', Code: 'InternalError' }],
  ],
  ['that is empty', {}, [leftOut('0'), leftOut('1')]],
  ['that takes one twice', { Successful: [{ Id: '0' }, { Id: '0' }] }, [leftOut('1')]],
  [
    'that fails what was not sent',
    { Successful: [{ Id: '1' }], Failed: [{ Id: 'x' }] },
    [leftOut('0')],
  ],
  ['that takes and fails one', { Successful: ENTRIES, Failed: [{ Id: '1' }] }, [{ Id: '1' }]],
])('of an answer %s come the entries not taken', (_, answer, failed) => {
  expect(failedEntries(ENTRIES, answer)).toEqual(failed);
});
