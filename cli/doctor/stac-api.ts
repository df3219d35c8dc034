import { tryParseJson } from '../../lambdas/runtime/json.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';
import { fine, unneeded, wrong, type Check } from './check.js';
import { askUrl, placeholderFault } from './urls.js';

/** The STAC API, which is optional. */
export const stacApi: Check = {
  name: 'STAC API',
  needsCredentials: false,
  run: async (subject) => {
    const { stac_api_url: given } = subject.pipeline.config;
    if (given === undefined) return unneeded('stac_api_url is not set');
    const url = withoutTrailingSlashes(given);
    const fault = placeholderFault(url, 'stac_api_url');
    if (fault !== undefined) return fault;
    // Behind a proxy, only the root with a slash may be routed.
    const answer = await askUrl(subject, `${url}/`);
    if ('state' in answer) return answer;
    const { status, body } = answer;
    if (status !== 200)
      return wrong(
        `${url}/ answers with HTTP status ${status}`,
        'check stac_api_url: it must be the root of the API',
      );
    const { stac_version: version } = Object(tryParseJson(body.toString('utf8'))) as Readonly<
      Record<string, unknown>
    >;
    return typeof version === 'string'
      ? fine(`${url} is a STAC API (${version})`)
      : wrong(
          `${url}/ is not a STAC API: its answer has no stac_version`,
          'set stac_api_url to the root of the API',
        );
  },
};
