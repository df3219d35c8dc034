import { IMAGE, pipeline, queue, TOPIC } from './module-calls.js';
import type { Case } from './module-case.js';

/** Calls of the module pipeline. */
export const PIPELINE_CASES: Readonly<Record<string, Case>> = {
  'pipeline twice, in a loop, one of them with everything': {
    chosen: true,
    calls: {
      other: queue({ name: 'demo' }),
      pipeline: pipeline({
        for_each: '${{ waves = true, tides = false }}',
        id: '${each.key}',
        sns: TOPIC,
        sns_filter_policy: '{"mode":["IW"]}',
        inventory_location: '${each.value ? "s3://reports/daily/waves/everything" : null}',
        historic_frequency: '${each.value ? 0 : null}',
        verify_ingestion: '${each.value}',
        dashboard: '${each.value}',
        max_silence_minutes: '${each.value ? 1500 : null}',
        alarm_topic_arn: 'arn:aws:sns:eu-central-1:123456789012:ops',
        depends_on: ['module.other'],
      }),
    },
    made: 2 + 74 + 36,
    conditions: {
      'the names collide':
        'output.pipeline["waves"].app_function == "demo-waves-app" && output.pipeline["tides"].app_function == "demo-tides-app"',
      'a part has no output, or one that is left out has one':
        '[for made in [output.pipeline["waves"], output.pipeline["tides"]] : made.historic_function != null && made.dashboard_url != null] == [true, false]',
    },
  },
  'pipeline in Python, without the zip of an app': {
    chosen: true,
    calls: {
      pipeline: pipeline({
        folder: '${path.root}/code/others',
        image_uri: IMAGE,
        python_function: 'stactools.waves.stac:create_item',
        python_arguments: { collection_id: 'waves', tiles: [1, 2] },
        granule_pattern: '[.]nc$',
        source_locations: ['s3://waves/raw/'],
        outputs: 's3://copies/waves/',
        scratch_mb: 2048,
        sns: TOPIC,
      }),
    },
    made: 50,
    conditions: {},
  },
};
