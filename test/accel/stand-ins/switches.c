#include "switches.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The environment is read at each question: a test may set a variable while its process runs.

bool switch_offers(const char *job) {
  const char *offered = getenv("EVERYCODEC_STANDIN_PROFILES");
  if (!offered)
    return true;
  size_t length = strlen(job);
  for (const char *at = offered; at && *at; at = strchr(at, ',')) {
    at += *at == ',';
    if (!strncmp(at, job, length) && (at[length] == ',' || !at[length]))
      return true;
  }
  return false;
}

bool switch_loses_device(Work work) {
  static atomic_long pictures[2];
  long picture = atomic_fetch_add(&pictures[work], 1) + 1;
  const char *first = getenv("EVERYCODEC_STANDIN_FAIL_AFTER");
  if (!first)
    return false;
  const char *prefix = work == WORK_DECODE ? "decode:" : "encode:";
  if (strchr(first, ':')) {
    if (strncmp(first, prefix, strlen(prefix)))
      return false;
    first += strlen(prefix);
  }
  return picture >= atol(first);
}

bool switch_is_on(const char *variable) {
  const char *value = getenv(variable);
  return value && *value && strcmp(value, "0");
}

void switch_log(const char *format, ...) {
  const char *path = getenv("EVERYCODEC_STANDIN_LOG");
  if (!path)
    return;
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof(line) - 1, format, arguments);
  va_end(arguments);
  if (length < 0)
    return;
  if (length > (int)sizeof(line) - 2)
    length = (int)sizeof(line) - 2;
  line[length++] = '\n';
  // One write in append mode: lines of several threads and processes do not mix.
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0)
    return;
  if (write(file, line, (size_t)length) < 0)
    perror(path);
  close(file);
}
