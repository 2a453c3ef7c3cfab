import type { HttpRoute, RouteFilter } from '../../resources/gateway-api.js';
import type { Report } from '../../validate/report.js';

/**
 * The prefix `/` is the slash itself: where it is replaced, nothing is left between what is written and the rest of the path. A slash at the end of
 * what is written stays in redirects alone (recorded: `gwapi-root-prefix-replaced`).
 */
export function warnOfSeams({ spec }: HttpRoute, report: Report): void {
  spec.rules.forEach(({ matches, filters }, index) => {
    const isForAll =
      matches.length === 0 || matches.some(({ path }) => path.type === 'PathPrefix' && path.value === '/');
    if (!isForAll) return;
    filters.forEach((filter, number) => {
      const seam = seamOf(filter);
      if (seam === undefined) return;
      const { field, written, advice } = seam;
      report.warning(
        'rewrite-not-as-meant',
        `spec.rules[${index}].filters[${number}].${field}.path.replacePrefixMatch`,
        `the prefix "/" is replaced with its slash: "/a" becomes "${written}a". ${advice}`,
      );
    });
  });
}

function seamOf({
  urlRewrite,
  requestRedirect,
}: RouteFilter): { field: string; written: string; advice: string } | undefined {
  const redirected = requestRedirect?.path?.replacePrefixMatch;
  if (redirected !== undefined && !redirected.endsWith('/'))
    return { field: 'requestRedirect', written: redirected, advice: `Write "${redirected}/".` };
  const written = urlRewrite?.path?.replacePrefixMatch?.replace(/\/$/, '');
  if (!written || written.endsWith('/')) return undefined;
  return {
    field: 'urlRewrite',
    written,
    advice: `A slash at the end of what is written changes nothing here. A VirtualService can do it, with prefix: / and rewrite: { uri: ${written}/ }.`,
  };
}
