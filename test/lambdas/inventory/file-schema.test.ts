import { describe, expect, test } from '@jest/globals';
import { schemaFields } from '../../../lambdas/inventory/file-schema.js';

const ORC =
  'struct<bucket:string,key:string,version_id:string,is_latest:boolean,size:bigint,last_modified_date:timestamp>';
const PARQUET =
  'message s3.inventory {  required binary bucket (STRING);  required binary key (STRING);' +
  '  optional int64 size;  optional int64 last_modified_date (TIMESTAMP(MILLIS,true));}';

describe('schemaFields', () => {
  test('the schemas of all three formats are parsed to field names', () => {
    expect(schemaFields('Bucket, Key,Size')).toEqual(['Bucket', 'Key', 'Size']);
    expect(schemaFields(ORC)).toEqual([
      ...['bucket', 'key', 'version_id', 'is_latest', 'size', 'last_modified_date'],
    ]);
    expect(schemaFields(PARQUET)).toEqual(['bucket', 'key', 'size', 'last_modified_date']);
  });

  test('schemas with and without spaces are parsed to the same names', () => {
    expect(schemaFields(' struct< bucket:string , key:string >\n')).toEqual(['bucket', 'key']);
    expect(schemaFields('\n message  s3.inventory {\n required  binary \n bucket ; }')).toEqual([
      'bucket',
    ]);
  });

  test('a CSV schema may contain keywords of the other formats', () => {
    expect(schemaFields('Key, struct<x>')).toEqual(['Key', 'struct<x>']);
    expect(schemaFields('struct<x>, Key')).toEqual(['struct<x>', 'Key']);
    expect(schemaFields('message, Key')).toEqual(['message', 'Key']);
  });

  test('[N17] a column with a nested type is one column', () => {
    expect(
      schemaFields(
        'struct<key:string,tags:map<string,string>,price:decimal(10,2),parts:array<struct<a:int,b:int>>,size:bigint>',
      ),
    ).toEqual(['key', 'tags', 'price', 'parts', 'size']);
    expect(
      schemaFields(
        'message s3.inventory { required binary key (UTF8); optional group tags (MAP) { repeated group map { ' +
          'required binary name; optional binary value; } } optional fixed_len_byte_array(16) md5 = 7; optional int64 size; }',
      ),
    ).toEqual(['key', 'tags', 'md5', 'size']);
  });
});
