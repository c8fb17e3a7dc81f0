// Counts what nobody has caught.
globalThis.uncaught = [];
addEventListener('error', ({ message }) => uncaught.push(`error: ${message}`));
addEventListener('unhandledrejection', ({ reason }) => uncaught.push(`rejection: ${reason}`));
