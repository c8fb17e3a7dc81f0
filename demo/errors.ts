/** Something that the person at the page can understand; everything else is a defect. */
export class DemoError extends Error {
  override name = 'DemoError';
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
