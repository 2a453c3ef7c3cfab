import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Observable } from 'rxjs';
import { HeaderPropagation } from '../header-propagation.js';
import { messageHeaders } from './message-headers.js';

/**
 * The entry for microservice handlers and gateways: `@UseInterceptors(HeaderPropagationInterceptor)` captures the
 * headers of a message as the middleware does those of a request. HTTP requests pass as they are.
 */
@Injectable()
export class HeaderPropagationInterceptor implements NestInterceptor {
  constructor(@Inject(HeaderPropagation) private readonly propagation: HeaderPropagation) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const headers = messageHeaders(context);
    if (headers === undefined) return next.handle();
    const captured = this.propagation.extract(headers);
    // A handler runs when its observable is subscribed to, not when it is made.
    return new Observable((subscriber) =>
      this.propagation.run(captured, () => next.handle().subscribe(subscriber)),
    );
  }
}
