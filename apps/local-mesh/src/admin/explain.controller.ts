import { type RouteRequest, requestFromUrl, toJson } from '@grayscale/traffic-rules';
import { BadRequestException, Controller, Get, Header, Query } from '@nestjs/common';
import { RuleBook } from '../rules/rule-book.js';

/** What would become of a request, and why: the engine's explanation. Nothing is sent. */
@Controller('explain')
export class ExplainController {
  constructor(private readonly rules: RuleBook) {}

  @Get()
  @Header('content-type', 'application/json')
  explain(@Query() query: Record<string, string | string[] | undefined>): string {
    return toJson({ hash: this.rules.inForce.hash, ...this.rules.explain(requestOf(query)) });
  }
}

function requestOf({ method, url, header }: Record<string, string | string[] | undefined>): RouteRequest {
  if (typeof url !== 'string') {
    throw new BadRequestException(
      'Write /explain?url=http%3A%2F%2Fhello.com%2Fhello&method=GET&header=user%3A%20test.',
    );
  }
  if (Array.isArray(method)) throw new BadRequestException('Write one method.');
  try {
    return requestFromUrl({
      url,
      headers: [header ?? []].flat(),
      ...(method === undefined ? {} : { method }),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new BadRequestException(error.message);
    throw error;
  }
}
