// Finds the addon: the one that was built here, or the package of this machine's kind.
'use strict';

/** A build against the system's FFmpeg (npm run build:accel) comes first: somebody made it on purpose. */
const candidates = ['./build/everycodec-accel.node'];
// Written out for bundlers and packagers to find.
if (process.arch === 'x64') candidates.push('@everycodec/accel-linux-x64/everycodec-accel.node');
if (process.arch === 'arm64') candidates.push('@everycodec/accel-linux-arm64/everycodec-accel.node');

function isMissing({ code }) {
  return code === 'MODULE_NOT_FOUND';
}

function load() {
  const failures = [];
  for (const candidate of candidates) {
    try {
      return require(candidate);
    } catch (error) {
      if (!isMissing(error)) failures.push(`${candidate}: ${error.message}`);
    }
  }
  // A library that is missing, or a C library that is not glibc 2.28 or later.
  if (failures.length > 0) throw new Error(failures.join('; '));
  throw new Error(
    `@everycodec/accel has no addon for ${process.platform}-${process.arch}: install it without --omit=optional`,
  );
}

module.exports = load();
