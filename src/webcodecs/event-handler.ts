/** Event handler attributes: https://html.spec.whatwg.org/#event-handler-idl-attributes */

interface Handler {
  /** A function, or an object, which is kept but does nothing. */
  callback: object;
  listener: (event: Event) => void;
}

/** Gives `target`'s instances the attribute `on…`; the handler keeps its place among the listeners. */
export function defineEventHandler(target: { prototype: EventTarget; name: string }, type: string): void {
  const handlers = new WeakMap<EventTarget, Handler>();

  // Computed, so that the functions are named after the attribute.
  const name = `on${type}`;
  const attribute: Record<string, unknown> & ThisType<EventTarget> = {
    get [name]() {
      assertInstance(this);
      return handlers.get(this)?.callback ?? null;
    },
    set [name](value: unknown) {
      assertInstance(this);
      const previous = handlers.get(this);
      // [LegacyTreatNonObjectAsNull]: whatever is not an object counts as null.
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
        if (previous) this.removeEventListener(type, previous.listener);
        handlers.delete(this);
        return;
      }
      if (previous) {
        previous.callback = value;
        return;
      }
      const handler: Handler = {
        callback: value,
        listener: (event) => {
          if (typeof handler.callback === 'function') Reflect.apply(handler.callback, this, [event]);
        },
      };
      handlers.set(this, handler);
      this.addEventListener(type, handler.listener);
    },
  };
  Object.defineProperty(target.prototype, name, Object.getOwnPropertyDescriptor(attribute, name)!);

  function assertInstance(value: unknown): void {
    if (!Object.prototype.isPrototypeOf.call(target.prototype, value as object) || value === target.prototype) {
      throw new TypeError(`${name}: illegal invocation on something that is no ${target.name}`);
    }
  }
}
