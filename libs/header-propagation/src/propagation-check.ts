import { HeaderPropagationError } from './errors.js';
import type { HeaderPropagation } from './header-propagation.js';
import { reading, show } from './option-checks.js';

/**
 * The propagation that a client or a server is connected to. One of another copy of this library will do.
 *
 * @param caller the function whose argument it is
 * @throws HeaderPropagationError when it is something else, which every request would meet later
 */
export function checkPropagation(value: unknown, caller: string): void {
  const { captured, injectInto } = reading({ path: caller, code: 'INVALID_OPTION' }, () => {
    const { captured, injectInto } = (value ?? {}) as Partial<HeaderPropagation>;
    return { captured, injectInto };
  });
  if (typeof captured === 'function' && typeof injectInto === 'function') return;
  throw new HeaderPropagationError(
    'INVALID_OPTION',
    `${caller}: ${show(value)} is not a HeaderPropagation. Write new HeaderPropagation({ rules: ["user"] }).`,
  );
}
